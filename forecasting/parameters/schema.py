"""What a params file may say, checked in one place: every problem at once, each with its line and
the next move.

A scenario is one country or corridor under one set of assumptions. Its params file holds overrides
only, and its top-level keys are the parameters of the report's notebook.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mode
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, ValidationError

from forecasting.demand.parameters import load_parameters
from forecasting.evidence.rules import OBSERVATION_KINDS
from forecasting.parameters.naming import country_code, names_of_place, unsafe_name
from forecasting.parameters.values import (
    OFF_FLOW,
    AsOf,
    Choice,
    Country,
    Day,
    Driver as Driver,
    Flow,
    Languages,
    MarketSizes,
    Name,
    Places,
    Range as Range,
    Strict,
    Texts,
    listed,
    short,
)
from forecasting.showing import Shown
from forecasting.vocabulary.arguments import path as file_path, short_repr, takes, texts
from forecasting.vocabulary.errors import InputError, Problem, ScenarioError
from forecasting.vocabulary.files import fault_of_place, name_table
from forecasting.vocabulary.measures import (
    FLOW_OF_COUNT,
    did_you_mean,
)
from forecasting.vocabulary.models import CheckedCall
from forecasting.vocabulary.periods import as_date
from forecasting.vocabulary.strict_yaml import Check, Document, KeyPath, read_yaml

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from forecasting.evidence.ledger import Ledger


# Words of earlier versions, and what to write in their place
REPLACED = {"cap": "kind: quota, with policy: a quota of policies.csv"}
EXPECTED = {
    **dict.fromkeys(("int_type", "int_from_float", "int_parsing"), "a whole number"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "a list of keys"),
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "date_type": "a date (YYYY-MM-DD)",
}
LAST_HORIZON = 2060
# What a driver that is added from code need not say
BY_HAND = {"reason": "set by hand", "source": "judgement"}
Drivers = Mapping[str, Any] | Sequence[Any]  # by name, or a list of them
CORRIDORS: dict[str, tuple[str, tuple[str, ...]]] = {
    "xinjiang": ("ev_export_value_index", ("CN-XJ",)),
    "horgos": ("ev_exports", ("horgos",)),
    "ports": ("vehicle_exports", ("horgos", "alashankou", "baktu")),
}


class Scenario(Shown, Strict, metaclass=CheckedCall):
    """One country or corridor under one set of assumptions.

    Examples
    --------
    >>> keys = dict(country="Uzbekistan", scenario="baseline", as_of="latest", horizon=2030, seed=1)
    >>> scenario = scenario_from_parameters(keys)
    >>> scenario.name, scenario.country, scenario.parameters()["as_of"]
    ('uzbekistan-baseline', 'UZ', 'latest')
    """

    refusal: ClassVar[type[InputError]] = ScenarioError

    country: Country | None = Field(
        None, description="An ISO 3166 alpha-2 code; this or a corridor."
    )
    corridor: Name | None = Field(None, description="The name of a corridor; this or a country.")
    scenario: Name = Field(
        examples=["baseline, accelerated, constrained or a name of your own"],
        description="Which one: ``baseline``, ``accelerated``, ``constrained`` or a name of your "
        "own.",
    )
    as_of: AsOf = Field(
        examples=["a date such as 2023-06-26, or latest"],
        description="A date, or ``latest``: the last day on which any fact or policy of the "
        "country or its partners was published. Nothing published later is used.",
    )
    horizon: int = Field(
        ge=1990,
        le=LAST_HORIZON,
        examples=["the last year, e.g. 2030"],
        description="Last year of the outlook.",
    )
    seed: int = Field(
        ge=0,
        lt=2**32,
        examples=["any whole number, e.g. 20230626"],
        description="Scenarios that share it share their random draws, so that they can be "
        "compared and added.",
    )
    name: str = Field("", description="The stem of the params file; default country-scenario.")
    title: str = Field("", description="Heading of the report; default place and scenario.")
    measure: Flow = Field(
        "ev_imports",
        description="The flow that is forecast; default ``ev_imports``, or what one's own ledger "
        "counts.",
    )
    basis: str | None = Field(
        None, description="Whose definition is forecast; default the best documented."
    )
    places: Places = Field((), description="Of a corridor: where it is counted.")
    since: Day | None = Field(
        None,
        description="First day of the history that counts: facts of a market that was another one "
        "before are left out.",
    )
    market_size: MarketSizes = Field(
        None,
        description="New vehicles a year, one number or by year; default what the ledger knows.",
    )
    drivers: Annotated[tuple[Driver, ...], BeforeValidator(listed)] = Field(
        (), description="Dated events."
    )
    assumptions: dict[str, Range] = Field(
        default_factory=dict, description="Overrides of the demand chain's parameters."
    )
    choice: Choice | None = Field(
        None,
        description="What a charging point too few and one too many cost the reader; default not "
        "said.",
    )
    language: Languages = Field(
        (),
        description="Languages in which the report is written, too, e.g. ``ru``; the "
        "numbers are the same.",
    )
    notes: Texts = Field((), description="What a reader must know.")
    ledger: Texts = Field(
        (),
        description="Files of facts of one's own, beside those that ship; in a params file "
        "relative to the file itself.",
    )
    shipped_facts: bool = Field(True, description="Whether the facts that ship are used.")
    published: Day | None = Field(
        None,
        description="Since when those of one's own facts are known that have no date of "
        "publication; default never, so that they are not used.",
    )

    @property
    def place(self) -> str:
        """The country's code or the corridor's name: the ``country`` column of every result."""
        return self.country or self.corridor or ""

    @property
    def counted_at(self) -> tuple[str, ...]:
        """Where its flow is counted: in the country, or at the places of the corridor."""
        return (self.country,) if self.country else self.places

    @takes(ScenarioError, files=texts("the paths of ledgers"))
    def with_ledger(self, files: Sequence[str]) -> Scenario:
        """The same scenario with more files of facts.

        Parameters
        ----------
        files : sequence of str
            Paths of ledgers.

        Returns
        -------
        Scenario
            A new one.

        Raises
        ------
        ScenarioError
            For anything but paths.

        Examples
        --------
        >>> given = dict(country="UZ", scenario="a", as_of="latest", horizon=2030, seed=1)
        >>> scenario_from_parameters(given).with_ledger(["mine.csv"]).ledger
        ('mine.csv',)
        """
        for file in files:
            name_table(file)
        ledger = tuple(dict.fromkeys([*self.ledger, *files]))
        return self.model_copy(update={"ledger": ledger}).of_own_facts()

    def of_own_facts(self) -> Scenario:
        """The same scenario, of the flow that its own ledger counts where it names none. A ledger
        with faults changes nothing here: it is refused where it is read.

        Returns
        -------
        Scenario
            A new one.

        Examples
        --------
        >>> given = dict(country="UZ", scenario="a", as_of="latest", horizon=2030, seed=1)
        >>> scenario_from_parameters(given).of_own_facts().measure
        'ev_imports'
        """
        from forecasting.reading.user_ledgers import facts_that_a_file_names

        if not self.ledger or not self.asks_for_flow:
            return self
        with contextlib.suppress(InputError):
            place = self.country or ""
            facts = facts_that_a_file_names(self.ledger, self.shipped_facts, place=place)
            return of_counted(self, facts)
        return self

    @property
    def asks_for_flow(self) -> bool:
        """Whether what is counted tells the flow: a country's scenario that names none."""
        return self.country is not None and "measure" not in self.model_fields_set

    def __repr__(self) -> str:
        events = ", ".join(driver.name for driver in self.drivers) or "none"
        size = ", ".join(f"{name} {size.mode:g}" for name, size in self.assumptions.items())
        words = f"{self.measure}, as of {self.as_of}, to {self.horizon}; events: {events}"
        return f"<{type(self).__name__} {self.name}: {words}{size and f'; assumes {size}'}>"

    def __str__(self) -> str:
        return repr(self)

    @takes(ScenarioError)
    def on(self, day: dt.date) -> Scenario:
        """The same scenario on a given day.

        Parameters
        ----------
        day : date or str
            Day of the forecast.

        Returns
        -------
        Scenario
            A new one.

        Examples
        --------
        >>> given = dict(country="UZ", scenario="a", as_of="latest", horizon=2030, seed=1)
        >>> scenario_from_parameters(given).on(dt.date(2023, 6, 26)).as_of
        datetime.date(2023, 6, 26)
        """
        return self.model_copy(update={"as_of": as_date(day)})

    def replace(self, **changes: Any) -> Scenario:
        """The same scenario with other values for some of its keys.

        Parameters
        ----------
        **changes
            Keys of a params file. Of ``assumptions``, a mapping of names to numbers or ranges,
            each is set, and None takes one back to what ships. Of ``drivers`` each is added, or
            changes the one of its name: a list of them, or a mapping of names to the keys that
            change, where None leaves one out. An empty list leaves all out.

        Returns
        -------
        Scenario
            A new one, named after this one with ``-changed``, unless it is given a name.

        Raises
        ------
        ScenarioError
            With every problem at once, as for a params file.
        AssumptionError
            For an assumption that the demand chain does not know.

        Examples
        --------
        >>> given = dict(country="UZ", scenario="a", as_of="latest", horizon=2030, seed=1)
        >>> scenario = scenario_from_parameters(given)
        >>> duty = dict(name="duty", kind="level", start="2027-01-01", size=0.8)
        >>> more = scenario.replace(assumptions={"annual_km": 15_000}, drivers=[duty])
        >>> more.name, more.assumptions["annual_km"].mode, more.drivers[0].source
        ('uzbekistan-a-changed', 15000.0, 'judgement')
        >>> len(more.replace(drivers={"duty": None}).drivers)
        0
        """
        values = self.parameters()
        if isinstance(changes.get("assumptions"), Mapping):
            known = load_parameters().at(self.country)
            for name in changes["assumptions"]:
                known[name]  # a name that is none is refused, with the nearest
            sizes = {**values["assumptions"], **changes["assumptions"]}
            changes["assumptions"] = {k: size for k, size in sizes.items() if size is not None}
        drivers = changes.get("drivers")
        if isinstance(drivers, Mapping) or (isinstance(drivers, list | tuple) and drivers):
            changes["drivers"] = self._with_drivers(drivers)
        _name_tables(changes)  # those of the scenario itself lie where a file said
        return stored_scenario(values | changes).as_change_of(self)

    def _with_drivers(self, drivers: Drivers) -> list[Any]:
        """The drivers as a params file has them, with some added, changed or left out by name."""
        rows = {row["name"]: row for row in self.parameters()["drivers"]}
        names = [*rows]
        given: list[Any] = [drivers] if isinstance(drivers, Mapping) else [*drivers]
        if isinstance(drivers, Mapping) and not _has_name(drivers):
            for name in (name for name, row in drivers.items() if row is None):
                if rows.pop(name, None) is None:
                    hint = did_you_mean(name, names, f"there are {', '.join(names) or 'none'}")
                    raise ScenarioError.at("drivers", f"{name!r} is no driver of {self.name}", hint)
            given = [
                {**row, "name": name} if isinstance(row, Mapping) else row
                for name, row in ((name, _cells(row)) for name, row in drivers.items())
                if row is not None
            ]
        unnamed = []  # the schema says what is wrong with these
        for row in map(_cells, given):
            if _has_name(row):
                name = row["name"]
                rows[name] = {**rows.get(name, BY_HAND | {"quantity": self.measure}), **row}
            else:
                unnamed.append(row)
        return [*rows.values(), *unnamed]

    @takes(ScenarioError)
    def as_change_of(self, origin: Scenario) -> Scenario:
        """The same scenario, whose name says that it is a change of another one; that one itself,
        where it differs from it in nothing.

        Parameters
        ----------
        origin : Scenario
            What was changed.

        Returns
        -------
        Scenario
            With a name of its own, where it has one.

        Raises
        ------
        ScenarioError
            For anything but a scenario.

        Examples
        --------
        >>> given = dict(country="UZ", scenario="a", as_of="latest", horizon=2030, seed=1)
        >>> one = scenario_from_parameters(given)
        >>> later = scenario_from_parameters(given | {"horizon": 2031})
        >>> later.as_change_of(one).name, later.as_change_of(one).title
        ('uzbekistan-a-changed', 'Uzbekistan, a, changed')
        >>> one.as_change_of(one) is one
        True
        """
        if not isinstance(origin, Scenario):
            raise ScenarioError(f"origin is {short_repr(origin)}; give a Scenario")
        names = {key: getattr(origin, key) for key in ("scenario", "name", "title")}
        changed = {
            key: word if word.endswith("changed") else f"{word}{mark}changed"
            for (key, word), mark in zip(names.items(), ("-", "-", ", "), strict=True)
        }
        own = {key: getattr(self, key) for key in names}
        if own not in (names, changed):
            return self
        if self.model_copy(update=names) == origin:
            return origin
        return self.model_copy(update=changed)

    def parameters(self) -> dict[str, Any]:
        """The scenario as a notebook's parameters: canonical and JSON-able, every key but the
        absent place, and the languages where there are none.

        Returns
        -------
        dict
            Values that JSON can hold, by key.

        Examples
        --------
        >>> given = dict(country="UZ", scenario="a", as_of="latest", horizon=2030, seed=1)
        >>> scenario_from_parameters(given).parameters()["horizon"]
        2030
        """
        values = self.model_dump(mode="json")
        return {
            key: value
            for key, value in values.items()
            if value or key not in ("country", "corridor", "language")
        }


def of_counted(scenario: Scenario, facts: Ledger) -> Scenario:
    """The same scenario, of the flow that facts of its country count most often, where it names
    none and nobody counts the usual one.

    Parameters
    ----------
    scenario : Scenario
        Any.
    facts : Ledger
        Of any place and day.

    Examples
    --------
    >>> from forecasting.evidence.ledger import fact, ledger_of
    >>> cars = ledger_of(fact(2024, 900, measure="ev_registrations", place="UZ"))
    >>> given = dict(country="UZ", scenario="a", as_of="latest", horizon=2030, seed=1)
    >>> of_counted(scenario_from_parameters(given), cars).measure
    'ev_registrations'
    """
    if not scenario.asks_for_flow:
        return scenario
    counts = facts.select(scenario.country, kind=OBSERVATION_KINDS)
    flows = sorted(FLOW_OF_COUNT[fact.measure] for fact in counts if fact.measure in FLOW_OF_COUNT)
    if not flows or scenario.measure in flows:
        return scenario
    return scenario.model_copy(update={"measure": mode(flows)})


@takes(ScenarioError, path=file_path())
def scenario_from_file(path: str | Path) -> Scenario:
    r"""Read one params file.

    Parameters
    ----------
    path : path-like
        A YAML file; its stem names the scenario.

    Returns
    -------
    Scenario
        Checked.

    Raises
    ------
    ScenarioError
        With every problem at once: file, line, key path, and the nearest right name.

    Examples
    --------
    >>> import tempfile
    >>> text = "country: NO\nscenario: high\nas_of: latest\nhorizon: 2030\nseed: 1"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "norway-high.yaml")
    ...     _ = path.write_text(text)
    ...     scenario = scenario_from_file(path)
    >>> scenario.name, scenario.country, scenario.title
    ('norway-high', 'NO', 'Norway, high')
    """
    return scenario_of(read_yaml(path), Path(path).stem)


def scenario_of(document: Document, stem: str) -> Scenario:
    """The scenario that a file's content describes; the file's stem names it.

    Raises
    ------
    ScenarioError
        With every problem at once.
    """
    data = document.value
    if not isinstance(data, dict):
        raise ScenarioError.at(document.name, "is not a list of keys", "write key: value lines")
    problems = []
    if why := unsafe_name(stem, f"the name {short(stem)}"):
        problems.append(Problem(document.name, why, "e.g. uzbekistan-baseline.yaml"))
    name = data.get("name", stem)
    checks: list[Check] = [
        (("name",), name != stem, f"{name!r} is not the file's name", f"use {stem}"),
        (("places",), data.get("places") == [], "is empty", "name a place, or leave the key out"),
    ]
    files = data.get("ledger")
    if isinstance(files, list) and all(isinstance(file, str) for file in files):
        checks += _missing_files(files, document.folder)
        checks += _files_elsewhere(files, document.folder)
        data = data | {"ledger": [str(Path(document.folder, file)) for file in files]}
    return _build({**data, "name": stem}, document, [*problems, *document.problems(checks)])


def scenario_from_parameters(parameters: Mapping[str, Any]) -> Scenario:
    """Build the scenario that a notebook's parameters describe.

    Parameters
    ----------
    parameters : mapping
        Key to value; a value of None stands for a key that is not given.

    Raises
    ------
    ScenarioError
        With every problem at once, as `scenario_from_file` words them.

    Examples
    --------
    >>> given = dict(contry="UZ", scenario="a", as_of="latest", horizon=2030, seed=1)
    >>> scenario_from_parameters(given)
    Traceback (most recent call last):
    forecasting.ScenarioError: parameters contry: is not a key of a scenario
    (did you mean country?)
    parameters country: is missing (a country such as UZ, or a corridor: horgos, ports,
    xinjiang)
    """
    _name_tables(parameters)
    return stored_scenario(parameters)


def _name_tables(parameters: Mapping[str, Any]) -> None:
    """Note the tables that a caller names, who may name any."""
    files = parameters.get("ledger")
    for file in files if isinstance(files, list | tuple) else ():
        name_table(str(file))


def stored_scenario(parameters: Mapping[str, Any]) -> Scenario:
    """The scenario of parameters that a file holds, which may read the tables that a params file
    may.

    Parameters
    ----------
    parameters : mapping
        As `scenario_from_parameters` takes them from its caller, who may name any table.
    """
    values = {key: value for key, value in parameters.items() if value is not None}
    return _build(values, Document("parameters"), [])


def _build(data: dict[str, Any], document: Document, problems: Sequence[Problem]) -> Scenario:
    all_problems = [*problems, *document.problems(_joint_checks(data))]
    data = _completed(data)
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        all_problems = [
            worded(row, document.where(row["loc"]), *_owner(row["loc"])) for row in error.errors()
        ] + all_problems
    if all_problems:
        raise ScenarioError(all_problems)
    return scenario.of_own_facts()


def _completed(data: dict[str, Any]) -> dict[str, Any]:
    """The data with what follows from them: a corridor's measure and places, the scenario's name
    and title.
    """
    country = data.get("country")
    corridor = data.get("corridor")
    if isinstance(corridor, str) and corridor in CORRIDORS:
        measure, places = CORRIDORS[corridor]
        data = {"measure": measure, "places": list(places)} | data
    place = str(corridor)
    if isinstance(country, str):
        try:
            place = country_code(country)
        except InputError:  # worded where the country is checked
            return data
    prefix, heading = names_of_place(place)
    scenario = data.get("scenario")
    derived = {"name": f"{prefix}-{scenario}", "title": f"{heading}, {scenario}"}
    return data | {key: text for key, text in derived.items() if not data.get(key)}


def _owner(path: KeyPath) -> tuple[str, dict[str, FieldInfo]]:
    """What has keys at a path, and which they may be."""
    if len(path) <= 1:
        return "a scenario", Scenario.model_fields
    if path[0] == "drivers" and len(path) == 3:
        return "a driver", Driver.model_fields
    if path[0] == "choice":
        return "a choice", Choice.model_fields
    return "a range", Range.model_fields


def _joint_checks(data: Mapping[str, Any]) -> Iterator[Check]:
    """Checks of several keys together, made even where single keys are wrong."""
    country = data.get("country")
    corridor = data.get("corridor")
    horizon = data.get("horizon")
    as_of = str(data.get("as_of"))
    as_of_year = as_of[:4]
    yield (
        ("country",),
        country is None and corridor is None,
        "is missing",
        f"a country such as UZ, or a corridor: {', '.join(sorted(CORRIDORS))}",
    )
    yield (
        ("corridor",),
        country is not None and corridor is not None,
        f"{corridor!r} stands beside country {country!r}",
        "keep one of the two",
    )
    yield (
        ("corridor",),
        isinstance(corridor, str) and corridor not in CORRIDORS and not data.get("places"),
        f"{corridor!r} is unknown and has no places",
        did_you_mean(str(corridor), CORRIDORS, "give it places and measure"),
    )
    yield (
        ("choice",),
        corridor is not None and data.get("choice") is not None,
        "stands in a corridor, which has no charging points to choose",
        "leave it out",
    )
    yield (
        ("horizon",),
        isinstance(horizon, int) and as_of_year.isdecimal() and horizon < int(as_of_year),
        f"{short_repr(horizon)} lies before as_of {as_of}",
        "a horizon is the last year forecast",
    )
    drivers = data.get("drivers")
    if isinstance(drivers, list):
        yield from _across_drivers(drivers, _completed(dict(data)).get("measure", "ev_imports"))


def _across_drivers(drivers: list[Any], measure: object) -> Iterator[Check]:
    names: list[object] = []
    rows_by_name = {row["name"]: row for row in drivers if _has_name(row)}
    for place, row in enumerate(drivers):
        driver = row if isinstance(row, dict) else {}
        name = driver.get("name")
        quantity = driver.get("quantity", measure)
        path = ("drivers", place)
        yield (
            (*path, "name"),
            name in names and name is not None,
            f"{name!r} stands twice",
            "name each driver once",
        )
        names.append(name)
        yield from _follows(driver, (*path, "after"), rows_by_name)
        yield (
            (*path, "quantity"),
            driver.get("kind") not in (None, *OFF_FLOW) and quantity != measure,
            f"{quantity!r} is not what is forecast",
            f"use {measure}, or kind: demand",
        )


def _has_name(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("name"), str)


def _cells(row: Any) -> Any:
    """A driver in the keys of a params file; what is none, as it is."""
    return row.model_dump(mode="json") if isinstance(row, Driver) else row


def _follows(driver: dict[str, Any], path: KeyPath, rows: dict[str, Any]) -> Iterator[Check]:
    """Checks of the driver that another one follows."""
    leader = driver.get("after")
    if not isinstance(leader, str) or not leader:
        return
    hint = did_you_mean(leader, rows, "name another driver of this scenario")
    yield path, leader not in rows, f"{leader!r} is no driver of this scenario", hint
    followed = [driver.get("name")]
    while leader in rows and leader not in followed:
        followed.append(leader)
        leader = rows[leader].get("after")
    in_circle = leader in followed
    yield path, in_circle, f"{leader!r} follows itself", "let one of the drivers follow none"
    start, first = driver.get("start"), rows.get(str(driver["after"]), {}).get("start")
    too_early = isinstance(start, dt.date) and isinstance(first, dt.date) and start < first
    yield path, too_early, f"begins on {start}, before {first}", "give the same day, or a later one"


def worded(
    fault: Mapping[str, Any], place: str, owner: str, fields: Mapping[str, FieldInfo]
) -> Problem:
    """One of pydantic's faults in this package's words.

    Parameters
    ----------
    fault : mapping
        A row of ``ValidationError.errors()``.
    place : str
        File, line and key path.
    owner : str
        Whose key it is, e.g. ``a scenario``.
    fields : mapping of str to FieldInfo
        Which keys that has; the first example of a key is the next move.

    Examples
    --------
    >>> from forecasting.parameters.values import Choice
    >>> fault = {"loc": ("choice", "mising"), "type": "extra_forbidden", "input": 1, "msg": ""}
    >>> print(worded(fault, "uz.yaml:1 choice.mising", "a choice", Choice.model_fields))
    uz.yaml:1 choice.mising: is not a key of a choice (did you mean missing?)
    """
    kind = str(fault["type"])
    value = short(fault["input"])
    message = str(fault["msg"])
    key = "".join(map(str, fault["loc"][-1:]))
    if kind == "extra_forbidden":
        hint = did_you_mean(key, fields, f"known: {', '.join(fields)}")
        return Problem(place, f"is not a key of {owner}", hint)
    if kind == "literal_error":
        words = re.findall(r"'(\w+)'", fault["ctx"]["expected"])
        hint = REPLACED.get(str(fault["input"])) or did_you_mean(
            str(fault["input"]), words, f"one of {', '.join(words)}"
        )
        return Problem(place, f"{value} is unknown", hint)
    texts = {"missing": "is missing", "value_error": message.removeprefix("Value error, ")}
    text = texts.get(kind, f"{value}: {message[:1].lower()}{message[1:]}")
    if kind in EXPECTED:
        text = f"{value} is not {EXPECTED[kind]}"
    examples = getattr(fields.get(key), "examples", None) or [""]
    return Problem(place, text, str(examples[0]))


def _files_elsewhere(files: Sequence[str], folder: str) -> Iterator[Check]:
    """Ledgers that a params file may not read, by where they lie; the others may be read from here
    on.
    """
    for place, file in enumerate(files):
        path = Path(folder, file)
        fault, hint = fault_of_place(path, folder)
        if not fault:
            name_table(path)
        yield ("ledger", place), bool(fault), f"{short(file)} {fault}", hint


def _missing_files(files: Sequence[str], folder: str) -> Iterator[Check]:
    """Ledgers that a params file names and that do not exist."""
    hint = "give a file of facts, relative to this params file"
    for place, file in enumerate(files):
        fault = f"{short(file)} is not in {folder or 'this folder'}"
        if "://" in file:
            fault = f"{short(file)} is a network address"
        is_missing = not Path(folder, file).exists()
        yield ("ledger", place), is_missing, fault, hint
