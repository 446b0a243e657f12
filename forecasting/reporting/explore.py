"""What if: a scenario changed by hand in a notebook, with the answer beside it; the only importer
of ipywidgets.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial, wraps
from html import escape
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecasting.demand.service import UNMET, USE, WAIT
from forecasting.parameters.schema import Driver, Range, Scenario, stored_scenario
from forecasting.parameters.values import DRIVER_KINDS
from forecasting.reading.questions import Question
from forecasting.reporting.answer import QUESTIONS
from forecasting.reporting.figures.scenario_contrast import live_figure, redraw, what_if_chart
from forecasting.reporting.labels import event_term, note_term, parameter_words, reason_term
from forecasting.reporting.result_tables import (
    DIFFERENCE,
    measure_rows,
    range_columns,
    size_words,
    with_unit,
)
from forecasting.reporting.table_picture import picture_of
from forecasting.scenarios.joint_draws import Results, difference
from forecasting.scenarios.new_country import NewCountry
from forecasting.scenarios.question import scenario_names
from forecasting.scenarios.what_if import (
    FLOW_LEVERS,
    WhatIf,
    assumptions_that_matter,
    event_presets,
    fast_point_margin,
    levers,
    shift_range,
    shipped,
    size_in,
)
from forecasting.vocabulary.arguments import (
    optional,
    other_languages,
    path as file_path,
    takes,
    text,
)
from forecasting.vocabulary.catalogues import ENGLISH, language as written_language, written_in
from forecasting.vocabulary.errors import ForecastingError, InputError
from forecasting.vocabulary.files import allowing
from forecasting.vocabulary.measures import (
    EV_SHARE,
    HEADLINE,
    POINT_MARGIN,
)
from forecasting.vocabulary.names import PARAMS
from forecasting.vocabulary.periods import as_date
from forecasting.vocabulary.printed_numbers import printed_number
from forecasting.vocabulary.sentences import Term, capital, sentence
from forecasting.writers.columns import Column, TableForm
from forecasting.writers.display import Table
from forecasting.writers.messages import PLOTLY_TYPE, figure_words

if TYPE_CHECKING:
    from forecasting.demand.parameters import Assumption
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.outlook import Outlook

NO_WIDGETS = (
    "Sliders need ipywidgets and anywidget, which this kernel has not: open the notebook with "
    "`make lab`, or install ev-forecasting[lab]. Until then explorer.change(...) does the same by "
    "hand, and this is the figure."
)
# Least and most of a slider: of the levers that every scenario has; least of a price's change
COMMON_LIMITS = (0.0, 3.0)
LEAST_PRICE_CHANGE = -0.9
OWN_TARGET = "own-target"
# What the controls say
SCENARIO_LABEL = "Scenario"
ADD = "Add an event"
MATTERS = "What matters most"
EVENTS = "Events"
FACTS_LABEL = "Facts"
KEEP = "Keep it"
FILE_LABEL = "File"
SAVE = "Save as params file"
REPLACE = "Replace the file"
KNOWN_ON = "Known on"
NEW_CARS_A_YEAR = "New cars a year"
SIZE_OF_FILE = "as in the file"
SIZE_OF_LEDGER = "as the ledger has it"
YOUR_TARGET = "Your target"
TARGET_HINT = "public points by the end of {year}"
FROM_LABEL = "From"
READS = "Reading the facts of {scenario} …"
READS_ANEW = "Reading the facts anew …"
IS_THERE = "{file} is there: press again to replace it."
SAVED = "Saved. In a terminal: ev-forecast run {file}"
FULL_WIDTH = {"width": "95%"}
CONTROL_TRAITS = {"min", "max", "step", "value"}  # of a control, that a change from code moves
FIELD_STYLE: dict[str, Any] = {"style": {"description_width": "110px"}, "layout": FULL_WIDTH}
EMPTY_FIELD = {"value": "", "continuous_update": False}
LABEL_LAYOUT = {"margin": "0 0 -8px 0"}
UNSHRUNK_LAYOUT = {"flex": "0 0 auto"}  # in a column that is scrolled
# Its name, what is written above it, the class of its widget, and what that holds
Lever = tuple[str, str, Any, dict[str, Any]]
# How the tables look in the browser
TABLE_STYLES = (
    "<style>.fc-table .amount { text-align: right; } .fc-table caption { text-align: left; } "
    ".fc-table :is(td, th) { padding: 0 0.35em; line-height: 1.4; } "
    # A measure has room beside its seven numbers
    ".widget-vbox .fc-table { font-size: 12px; } "
    ".widget-vbox .fc-table td:not([class]) { min-width: 14em; } "
    ".fc-table th.amount { white-space: nowrap; } "
    ".widget-vbox .textpoint text { paint-order: stroke; stroke: white; stroke-width: 3px; } "
    # For checkers of contrast, as on the pages
    ".widget-vbox svg :is(text, tspan) { background-color: white; } "
    ".widget-vbox svg rect { display: block; } "
    ".widget-vbox .main-svg:not(:has(text)) { display: none; }"
    "</style>"
)
# Columns of a table stand below each other
TYPED = '<pre style="font-family: monospace; line-height: 1.4; overflow-x: auto">{}</pre>'
# A responsive figure looks at its room when the window changes: here it is told once it is drawn,
# and when its column changes. What is written above a control is its name for a screen reader, and
# the colour of a letter stands where a checker of contrast reads it.
FITTING = """export default { render({el}) {
  const name = (box) => {
    for (const control of box.querySelectorAll(".noUi-handle, select")) {
      const words = control.closest(".widget-vbox").querySelector(".widget-html-content");
      const handles = control.closest(".noUi-target")?.querySelectorAll(".noUi-handle");
      const end = control.matches(".noUi-handle-lower") ? ", lowest" : ", highest";
      control.ariaLabel = words.textContent + (handles?.length > 1 ? end : "");
    }
    for (const words of box.querySelectorAll("svg text, svg tspan")) {
      words.style.color = getComputedStyle(words).fill;
    }
  };
  const drawn = setInterval(() => {
    const answers = el.closest(".widget-vbox");
    if (!answers?.querySelector(".main-svg .trace")) return;
    clearInterval(drawn);
    new ResizeObserver(() => setTimeout(() => dispatchEvent(new Event("resize")), 200)).observe(el);
    const box = answers.parentElement;
    new MutationObserver(() => name(box)).observe(box, {childList: true, subtree: true});
    name(box);
  }, 100);
} }"""
# A figure's title is cut where there is little room: here it stands above it, as text
HEADING = """<p style="margin: 0; font-size: 16px; line-height: 1.3"><b>{}</b></p>
<p style="margin: 0; color: #5f6b76; line-height: 1.3">{}</p>"""
# Wider than a phone: then it is scrolled, also by the keyboard
SCROLLED = '<div tabindex="0" role="region" aria-label="{}" style="overflow-x: auto">{}</div>'


WHAT_IF = TableForm(
    [
        Column("measure", form=with_unit),
        *range_columns("now"),
        *range_columns(DIFFERENCE),
        range_columns("as given")[0],
    ],
    caption="In {year}, medians with 80 % ranges",
)


def _with_margin(outlook: Outlook) -> Results:
    """The results, and what a fast point earns where the prices are known."""
    results = outlook.results
    if USE not in results.values:
        return results
    margin = fast_point_margin(outlook, results.years, results.values[USE])
    if margin is None:
        return results
    return replace(results, values={**results.values, POINT_MARGIN: margin})


def _in_its_language(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method of something that has a language, which says its words in it."""

    @wraps(method)
    def spoken(shown: Explorer | ControlPanel, *arguments: Any) -> Any:
        with written_in(shown.language):
            return method(shown, *arguments)

    return spoken


class Explorer(WhatIf):
    """A scenario to be changed by hand: sliders where the notebook has widgets, the same by
    `change` everywhere.

    Parameters
    ----------
    scenario, ledger, draws
        As of `WhatIf`.
    language : str
        In which it shows itself, e.g. ``ru``.

    Attributes
    ----------
    outlook, given : Outlook
        As changed, and as it was given.
    panel : ControlPanel or None
        The controls; None where widgets are missing.
    """

    panel: ControlPanel | None = None

    def __init__(
        self,
        scenario: Scenario | str | Path,
        ledger: Ledger | None = None,
        draws: int = 2000,
        language: str = ENGLISH,
    ) -> None:
        (self.language,) = other_languages([language]) or (ENGLISH,)
        super().__init__(scenario, ledger, draws)
        with contextlib.suppress(ImportError), written_in(self.language):
            self.panel = ControlPanel(self)

    def _show(self) -> None:
        for answer in ("figure", "table"):
            self.__dict__.pop(answer, None)
        if self.panel:
            self.panel.show()

    @cached_property
    @_in_its_language
    def figure(self) -> Any:
        """The answer as a figure: vehicles by year and charging points at the horizon, beside those
        as given.
        """
        return what_if_chart(self.outlook, self.reference)

    @cached_property
    @_in_its_language
    def table(self) -> Table:
        """The answer in numbers at the horizon: now, as given, and the difference on the same
        random draws.
        """
        now, reference = map(_with_margin, (self.outlook, self.reference))
        candidates = (self.scenario.measure, *HEADLINE[:2], *QUESTIONS, WAIT, UNMET, POINT_MARGIN)
        shared = now.values.keys() & reference.values
        measures = [name for name in candidates if name in shared] or [EV_SHARE]
        year = min(self.scenario.horizon, self.reference.scenario.horizon)
        versions = {"now": now, DIFFERENCE: difference(now, reference), "as given": reference}
        groups = {name: (results, year) for name, results in versions.items()}
        return WHAT_IF.table(measure_rows(groups, measures), year=year)

    def __repr__(self) -> str:
        return f"<Explorer of {self.reference.name}, as of {self.outlook.as_of}>"

    @_in_its_language
    def _ipython_display_(self) -> None:
        from IPython.display import display

        bundle = {"text/plain": repr(self), PLOTLY_TYPE: json.loads(self.figure.to_json())}
        if self.panel is None:
            print(written_language().says(NO_WIDGETS))  # noqa: T201
        else:
            bundle |= self.panel.box._repr_mimebundle_()
        display(bundle, raw=True)  # type: ignore[no-untyped-call]


@takes(InputError)
def explore(
    scenario: Scenario | str | Path,
    ledger: Ledger | None = None,
    *,
    draws: int = 2000,
    language: str = ENGLISH,
) -> Explorer:
    """Change a scenario by hand and see at once what follows.

    Parameters
    ----------
    scenario : Scenario, str or path-like
        A params file, the name of a scenario, a country, or a Scenario, as `forecasting.outlook`
        takes it.
    ledger : Ledger, optional
        Facts beside those that the scenario itself reads.
    draws : int
        Number of draws; a run has 2,000, and reproduces an exploration with as many to the digit.
    language : str
        Of its controls, its figure and its table: a language that ships, e.g. ``ru``.

    Returns
    -------
    Explorer
        As the last line of a cell it shows sliders, the figure and the table; ``.outlook`` is what
        they show, ``.change(...)`` does the same from code, ``.save("params/mine.yaml")`` writes a
        file for `ev-forecast run`.

    Examples
    --------
    >>> explorer = explore("turkmenistan-baseline", draws=200)
    >>> explorer.change(assumptions={"annual_km": 20_000})
    <Outlook turkmenistan-baseline-changed, as of ..., to 2030, from ... facts>
    >>> explorer.outlook is explorer.reference
    False
    """
    return Explorer(scenario, ledger, draws, language)


@takes(InputError, country=text(), table=optional(file_path()))
def new(country: str = "", table: str | Path | None = None) -> NewForm:
    r"""A country of one's own facts, by the questions of ``ev-forecast new`` as a form.

    Parameters
    ----------
    country : str
        A code or a name; empty where the table is to tell.
    table : str or Path, optional
        A CSV file or a workbook; to be named in the form where it is not given.

    Returns
    -------
    NewForm
        As the last line of a cell it shows the questions with what is proposed; ``.answers`` are
        what they hold, ``.write()`` does the same as its button.

    Raises
    ------
    InputError
        Where there is no such country.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder, "mine.csv")
    ...     _ = table.write_text("Year,EV sales\n2023,5400")
    ...     form = new("Georgia", table)
    >>> form.answers["proposal"], form.answers["market_size"]
    ('yes', 'unknown')
    """
    return NewForm(country, str(table or ""))


class NewForm:
    """The questions that a table of one's own leaves open, each with its answer.

    Parameters
    ----------
    country, table : str
        As of `new`.

    Attributes
    ----------
    answers : dict of str to str
        By the key of the question; ``table`` is the path of the table.
    fault : str
        What hinders the params file; empty where nothing does.
    """

    def __init__(self, country: str, table: str) -> None:
        self.country = country
        self.answers = {"table": table}
        self._proposed: dict[str, str] = {}  # the answers that nobody has given
        self.ask()

    def ask(self) -> NewCountry | None:
        """Go through the questions with the answers that were given; what was not is proposed
        anew, as it may follow from them.
        """
        self.questions: list[Question] = []
        self.picture: list[str] = []
        self.fault = ""
        given = {
            key: answer for key, answer in self.answers.items() if self._proposed.get(key) != answer
        }
        self.answers = {"table": given.get("table", self.answers["table"])}
        try:
            return self._country(given)
        except (ForecastingError, OSError) as error:
            self.fault = str(error)
        finally:
            self._proposed = {
                key: answer for key, answer in self.answers.items() if key not in given
            }
        return None

    def _country(self, given: Mapping[str, str]) -> NewCountry:
        """The country that the answers make.

        Raises
        ------
        ForecastingError
            Where one of them is none, or missing.
        """
        if not self.answers["table"]:
            raise InputError("name a table of your own: a CSV file or a workbook")
        country = NewCountry(self.country, Path(self.answers["table"]))
        for sheet in country.sheets():
            if self.picture:
                self.picture.append("")
            self.picture += picture_of(country.path.name, sheet)
        while question := country.waiting():
            if question.key in self.answers:
                raise InputError(question.reason or question.asks)
            self.questions.append(question)
            answer = given.get(question.key, question.proposed)
            if question.key.endswith("fix") and question.key not in given:
                raise InputError(question.reason)
            self.answers[question.key] = answer
            if not answer:
                raise InputError(f"{question.asks} ({question.reason or 'choose an answer'})")
            country.give(question, answer)
            self.answers[question.key] = country.given.get(question.key, answer)
        return country

    def write(self, folder: str | Path = PARAMS) -> Explorer:
        """Write the params file, and show what follows from it.

        Parameters
        ----------
        folder : path-like
            Of the params file.

        Returns
        -------
        Explorer
            Of the new scenario.

        Raises
        ------
        InputError
            Where something is left to answer, or a file is there already.
        """
        if (country := self.ask()) is None:
            raise InputError(self.fault)
        with allowing([country.path.parent]):
            return explore(country.write(Path(folder)))

    def __repr__(self) -> str:
        lines = [
            f"{question.asks} {self.answers.get(question.key, '')}" for question in self.questions
        ]
        return "\n".join([*lines, self.fault])

    def _ipython_display_(self) -> None:
        from IPython.display import display

        try:
            import ipywidgets
        except ImportError:
            print(self)  # noqa: T201
            return
        rows = ipywidgets.VBox()
        output = ipywidgets.Output()
        button = ipywidgets.Button(description="Write and show", layout=FULL_WIDTH)

        def show() -> None:
            """The questions as they are now, each above its answer."""
            self.ask()
            rows.children = ()
            if self.picture:
                rows.children += (ipywidgets.HTML(_as_typed(self.picture)),)
            table = Question("table", "Table", "")
            for question in (table, *self.questions):
                fields = self._fields(question)
                for field in fields:
                    field.observe(partial(keep, question.key), names="value")
                asks = f"<b>{escape(question.asks)}</b> {escape(question.reason)}"
                if question.picture:
                    rows.children += (ipywidgets.HTML(_as_typed(question.picture)),)
                row = ipywidgets.HBox(fields) if fields[1:] else fields[0]
                rows.children += (ipywidgets.HTML(asks), row)
            rows.children += (ipywidgets.HTML(escape(self.fault)),)

        def keep(key: str, change: Any) -> None:
            self.answers[key] = change["new"]
            show()

        def make(_: Any) -> None:
            output.clear_output()
            with output:
                try:
                    display(self.write())  # type: ignore[no-untyped-call]
                except ForecastingError as error:
                    print(error)  # noqa: T201

        button.on_click(make)
        show()
        display(ipywidgets.VBox([rows, button, output]))  # type: ignore[no-untyped-call]

    def _fields(self, question: Question) -> list[Any]:
        """A line of text; of a question with choices a select box, and a line beside it where
        another answer may be given.
        """
        import ipywidgets

        answer = self.answers.get(question.key, "")
        if not question.choices:
            return [ipywidgets.Text(answer, continuous_update=False)]
        options = [(words or value, value) for value, words in question.choices.items()]
        if answer not in question.choices:
            options.insert(0, (answer.strip("{}") or "choose", answer))
        fields = [ipywidgets.Dropdown(options=options, value=answer, layout=FULL_WIDTH)]
        if question.read and not question.key.endswith("country"):
            fields.append(ipywidgets.Text(placeholder="or another answer", continuous_update=False))
        return fields


def _name_of(driver: Driver) -> str:
    """An event or a lever as a control calls it."""
    return capital(str(event_term(driver.name)))


def _as_typed(lines: Iterable[str]) -> str:
    """Lines as a terminal prints them, as HTML."""
    return TYPED.format(escape("\n".join(lines)))


class ControlPanel:
    """The controls of an explorer, its figure and its table, as ipywidgets.

    Parameters
    ----------
    explorer : Explorer
        What they change and show.

    Attributes
    ----------
    controls : dict of str to ipywidgets.Widget
        ``scenario``, ``as_of``, ``market_size``; by a driver's name whether it comes, by ``size
        of`` its name its size, and by ``start of`` its name the day of one that a button added; and
        by their names the assumptions that matter most.
    box : ipywidgets.Box
        All of it.
    """

    def __init__(self, explorer: Explorer) -> None:
        import ipywidgets
        from anywidget import AnyWidget

        self.explorer = explorer
        self.language = explorer.language
        self.widgets = ipywidgets
        self.controls: dict[str, Any] = {}
        self.added: dict[str, Driver] = {}  # events that a button added, as they were added
        self.parts: list[tuple[Any, ...]] = []  # of the controls, all but what they hold
        self.busy = False  # while an answer is made, or the controls are set
        self.live = live_figure(explorer.figure)
        self.heading = ipywidgets.HTML()
        self.table = ipywidgets.HTML()
        self.status = ipywidgets.HTML()
        self.file = ipywidgets.Text(description=sentence(FILE_LABEL), layout=FULL_WIDTH)
        save = sentence(SAVE)
        self.button = ipywidgets.Button(description=save, icon="save", layout=FULL_WIDTH)
        self.button.on_click(lambda _: self.save())
        # Asked of each name anew
        self.file.observe(lambda _: setattr(self.button, "description", save), names="value")
        scrolled = {"width": "310px", "max_height": "660px", "overflow": "hidden auto"}
        self.levers = ipywidgets.VBox(layout=scrolled)
        fitting = type("Fitting", (AnyWidget,), {"_esm": FITTING})()
        answers = ipywidgets.VBox(
            [self.status, fitting, self.heading, self.live, self.table],
            layout={"flex": "1 1 480px", "min_width": "0"},
        )
        # Side by side, so that the answers stay in view while the levers are scrolled
        self.box = ipywidgets.Box(
            [answers, self.levers], layout={"display": "flex", "flex_flow": "row wrap"}
        )
        self.suggest()
        self.show()

    def build(self) -> None:
        """Make the controls: what can be moved of the scenario that is given, as it is now."""
        start = self.explorer.start
        # A file that was saved here has levers among its events: no lever stands twice
        drivers = [
            *start.drivers,
            *levers(start, self.explorer.outlook),
            *self.added.values(),
        ]
        self.drivers = {driver.name: driver for driver in drivers}
        self.rows = assumptions_that_matter(self.explorer.reference, start)
        groups = self._groups(start)
        lever_parts = [
            (*lever[:3], lever[3].get("options")) for group in groups.values() for lever in group
        ]
        if lever_parts == self.parts:
            self._set(groups)
            return
        self.parts = lever_parts
        self.controls = {}
        parts: list[Any] = []
        for title, group in groups.items():
            if group or title == ADD:
                parts.append(self.widgets.HTML(f"<b>{sentence(title)}</b>"))
            if title == ADD:
                parts.append(self._buttons(start))
            for name, label, kind, contents in group:
                control = kind(**contents)
                control.observe(lambda _: self.on_change(), names="value")
                self.controls[name] = control
                if label:
                    words = self.widgets.HTML(escape(label), layout=LABEL_LAYOUT)
                    control = self.widgets.VBox([words, control], layout=UNSHRUNK_LAYOUT)
                parts.append(control)
        keep = self.widgets.HTML(f"<b>{sentence(KEEP)}</b>")
        self.levers.children = [*parts, keep, self.file, self.button]

    def _buttons(self, start: Scenario) -> Any:
        """A button for each event that may be added, which begins with a day and a size."""
        names = {driver.name for driver in start.drivers}
        buttons = []
        for driver in event_presets(start, self.explorer.reference).values():
            if driver.name not in names:
                words = {"description": _name_of(driver), "tooltip": str(reason_term(driver))}
                button = self.widgets.Button(icon="plus", **words)
                button.on_click(partial(self._add, driver))
                button.layout.width = "auto"
                buttons.append(button)
        wrapped = {"display": "flex", "flex_flow": "row wrap", "flex": "0 0 auto"}
        return self.widgets.Box(buttons, layout=wrapped)

    @_in_its_language
    def _add(self, driver: Driver, _: Any) -> None:
        """Add an event and show its controls; what is wrong with it is said."""
        self.added[driver.name] = driver
        try:
            self.explorer.change(drivers=[driver.model_dump(mode="json")])
        except ForecastingError as error:
            del self.added[driver.name]
            self.say(str(error), wrong=True)

    def _set(self, groups: Mapping[str, list[Lever]]) -> None:
        """Bring the controls that are there in line with the scenario: new ones take longer than
        the answer.
        """
        for name, _, _, contents in chain.from_iterable(groups.values()):
            control = self.controls[name]
            with control.hold_trait_notifications():  # of a slider the ends and the value together
                for trait in CONTROL_TRAITS & contents.keys():
                    setattr(control, trait, contents[trait])

    def suggest(self) -> None:
        """Name the file that it may be kept in."""
        start = self.explorer.start
        sibling = Path("../params")
        folder = sibling if sibling.is_dir() else Path("params")
        self.file.value = str(folder / f"{start.name.removesuffix('-changed')}-changed.yaml")

    def _groups(self, start: Scenario) -> dict[str, list[Lever]]:
        # The scenarios that can be asked for; those of ./params among them
        options = sorted({*scenario_names(), start.name})
        names = {"options": options, "value": start.name, "layout": FULL_WIDTH}
        moves = {name: [*self._driver(driver)] for name, driver in self.drivers.items()}
        common = [lever for name in FLOW_LEVERS.values() for lever in moves.pop(name)]
        added = [lever for name in self.added for lever in moves.pop(name)]
        return {
            SCENARIO_LABEL: [("scenario", "", self.widgets.Dropdown, names)],
            ADD: added,
            MATTERS: [*common, *map(self._assumption, self.rows)],
            EVENTS: [lever for group in moves.values() for lever in group],
            FACTS_LABEL: self._facts(start),
        }

    def _facts(self, start: Scenario) -> list[Lever]:
        size = sentence(SIZE_OF_FILE if start.market_size else SIZE_OF_LEDGER)
        texts = {
            "as_of": {"description": sentence(KNOWN_ON), "value": str(start.as_of)},
            "market_size": {"description": sentence(NEW_CARS_A_YEAR), "placeholder": size},
        }
        if start.country:
            hint = sentence(TARGET_HINT, year=start.horizon)
            texts[OWN_TARGET] = {"description": sentence(YOUR_TARGET), "placeholder": hint}
        return [
            (name, "", self.widgets.Text, EMPTY_FIELD | words | FIELD_STYLE)
            for name, words in texts.items()
        ]

    def _driver(self, driver: Driver) -> Iterator[Lever]:
        """Whether an event comes, and its size; of a lever that every scenario has, its size."""
        coming = {driver.name: driver for driver in self.explorer.scenario.drivers}
        tooltip = f"{reason_term(driver)} ({Term(driver.source, 'kind')})"
        name = _name_of(driver)
        limits = COMMON_LIMITS
        if driver.name not in FLOW_LEVERS.values():
            least = LEAST_PRICE_CHANGE if driver.kind == "price" else 0.0
            limits = (least, DRIVER_KINDS[driver.kind].maximum)
            comes = {
                "value": driver.name in coming,
                "description": name,
                "tooltip": tooltip,
                "indent": False,
            }
            yield driver.name, "", self.widgets.Checkbox, comes
        if driver.name in self.added:
            day = str(coming.get(driver.name, driver).start)
            words = {"description": sentence(FROM_LABEL), "value": day}
            fields = {"continuous_update": False} | words | FIELD_STYLE
            yield f"start of {driver.name}", "", self.widgets.Text, fields
        now = coming.get(driver.name, driver).size
        slider = self._slider(now, driver.size, limits, tooltip)
        yield f"size of {driver.name}", f"{name}: {size_words(driver)}", *slider

    def _assumption(self, row: Assumption) -> Lever:
        unit = Term(row.unit, "unit")
        tooltip = f"{unit}; {row.source or Term(row.kind, 'kind')}. {note_term(row)}"
        size, now = (
            size_in(row, scenario) for scenario in (self.explorer.start, self.explorer.scenario)
        )
        label = capital(f"{parameter_words(row.key)}, {unit}").removesuffix(", 1")
        return row.key, label, *self._slider(now, size, (row.minimum, row.maximum), tooltip)

    def _slider(
        self, now: Range, size: Range, limits: tuple[float, float], tooltip: str
    ) -> tuple[Any, dict[str, Any]]:
        """Two handles, from low to high; what is likeliest keeps its place between them. One handle
        where the size is a single value.
        """
        reach = 1.5 * (size.high - size.low) or abs(size.mode) or 1.0
        low = max(limits[0], size.low - reach)
        high = min(limits[1], size.high + reach)
        look = {
            "min": min(low, now.low),
            "max": max(high, now.high),
            "step": float(f"{(high - low) / 200:.0e}"),
            "tooltip": tooltip,
            "readout_format": ",.3r",
            "continuous_update": False,
            "layout": FULL_WIDTH,
        }
        if size.low == size.high and now.low == now.high:
            return self.widgets.FloatSlider, look | {"value": now.mode}
        return self.widgets.FloatRangeSlider, look | {"value": (now.low, now.high)}

    def _ends_of(self, name: str) -> tuple[float, float]:
        """The ends that a slider says; both are the value of a slider with one handle."""
        value = self.controls[name].value
        return value if isinstance(value, tuple) else (value, value)

    def scenario_of_controls(self) -> Scenario:
        """The scenario that the controls describe; what has no control stays as it is."""
        start = self.explorer.start
        now = self.explorer.scenario
        size = self._typed("market_size", "150000")
        sizes = dict(now.assumptions)
        for row in self.rows:
            key = row.key
            sizes[key] = shift_range(self._ends_of(key), size_in(row, start), sizes.get(key))
            if sizes[key] == shipped(row) and key not in start.assumptions:
                del sizes[key]
        drivers = [driver.model_dump(mode="json") for driver in self._drivers()]
        keys = {
            "as_of": self.controls["as_of"].value.strip() or "latest",
            "market_size": start.parameters()["market_size"] if size is None else size,
            "drivers": [*drivers, *self._own_target()],
            "assumptions": {key: size.model_dump() for key, size in sizes.items()},
        }
        return stored_scenario(now.parameters() | keys)

    def _typed(self, name: str, example: str) -> float | None:
        """The number in a field; None where the field is empty or not there."""
        if name not in self.controls:
            return None
        typed = self.controls[name].value.strip()
        number = printed_number(typed)
        if typed and number is None:
            raise InputError(f"{typed!r} is not a number; write one such as {example}")
        return number

    def _drivers(self) -> Iterator[Driver]:
        """The events of the scenario that come, each with the size that its slider says; others
        stay as they are.
        """
        now = {driver.name: driver for driver in self.explorer.scenario.drivers}
        for driver in self.drivers.values():
            size_now = now.pop(driver.name, driver).size
            size = shift_range(self._ends_of(f"size of {driver.name}"), driver.size, size_now)
            comes = size != driver.size
            if driver.name in self.controls:
                comes = self.controls[driver.name].value
            if comes:
                day = driver.start
                if driver.name in self.added:
                    day = as_date(self.controls[f"start of {driver.name}"].value.strip())
                yield driver.model_copy(update={"size": size, "start": day})
        now.pop(OWN_TARGET, None)
        yield from now.values()

    def _own_target(self) -> Iterator[dict[str, Any]]:
        """The target that was typed, as a params file says it; what is wrong with it, the schema
        says.
        """
        points = self._typed(OWN_TARGET, "30000")
        if points is not None:
            yield {
                "name": OWN_TARGET,
                "kind": "target",
                "quantity": "charging_points",
                "start": f"{self.explorer.start.horizon}-12-31",
                "size": points,
                "reason": "set by hand",
                "source": "judgement",
            }

    @_in_its_language
    def on_change(self) -> None:
        """Answer a control that was moved; what is wrong is said, and the last answer stays."""
        if self.busy:
            return
        self.busy = True
        try:
            self._answer()
        except ForecastingError as error:
            # The scenario of the answer, where the one chosen cannot be read
            self.controls["scenario"].value = self.explorer.start.name
            self.say(str(error), wrong=True)
        finally:
            self.busy = False

    def _answer(self) -> None:
        chosen = self.controls["scenario"].value
        if chosen != self.explorer.start.name:
            self.say(sentence(READS, scenario=chosen))
            self.added.clear()
            self.explorer.begin(chosen)
            self.build()
            self.suggest()
            return
        scenario = self.scenario_of_controls()
        now = self.explorer.scenario
        facts = (scenario.as_of, scenario.market_size) != (now.as_of, now.market_size)
        self.say(sentence(READS_ANEW) if facts else "…")
        self.explorer.set_scenario(scenario)

    @_in_its_language
    def show(self) -> None:
        """Bring the figure, the table and, where it was changed from code, the controls in line
        with the scenario as it is now.
        """
        if not self.busy:
            self.busy = True
            self.build()
            self.busy = False
        redraw(self.live, self.explorer.figure)
        words, _ = figure_words(self.explorer.figure.to_dict()["layout"])
        self.heading.value = HEADING.format(escape(words.title), escape(words.subtitle))
        table = self.explorer.table
        self.table.value = TABLE_STYLES + SCROLLED.format(table.caption, table._repr_html_())
        self.say("")

    def say(self, text: str, wrong: bool = False) -> None:
        """A line above the answer: what is being done, or what is wrong."""
        colour = "#b00020" if wrong else "#5f6b76"
        self.status.value = (
            f'<div role="status" style="min-height:1.4em;color:{colour}">{escape(text)}</div>'
        )

    @_in_its_language
    def save(self) -> None:
        """Save under the name typed; a file that is there is replaced only when asked for a second
        time.
        """
        replace = self.button.description == sentence(REPLACE)
        self.button.description = sentence(SAVE)
        try:
            file = self.explorer.save(self.file.value, overwrite=replace)
        except InputError as error:
            words = str(error)
            if Path(self.file.value).expanduser().is_file() and not replace:
                self.button.description = sentence(REPLACE)
                words = sentence(IS_THERE, file=self.file.value)
            self.say(words, wrong=True)
        else:
            self.say(sentence(SAVED, file=file))
