"""No argument of a public function gets past the door unread: whatever it is, it is used or refused
by name.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import inspect
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import forecasting as fc
from forecasting.curves.results import GrowthPrediction
from forecasting.reporting.explore import Explorer
from forecasting.runs.output.result import RunResult
from forecasting.vocabulary.door import _frame

# The same is asked for with many values that a function takes for its default
pytestmark = pytest.mark.usefixtures("shared_forecasts")

ROOT = Path(__file__).parents[2]
SALES = [12.0, 28.0, 61.0, 118.0, 197.0, 264.0]
FACTS = fc.annual_totals(pd.Series({2021: 809, 2022: 2180}))
PANEL = pd.DataFrame(
    [
        (m, y, 100 * 1.5 ** (y - 2012), 0.01 * 1.4 ** (y - 2012))
        for m in "ABCDEF"
        for y in range(2012, 2021)
    ],
    columns=["market", "year", "sales", "share"],
)


GROUPS = ("figures", "tables")  # modules whose names come from others


class Unspeakable:
    """Something that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no words")


HOSTILE: tuple[Any, ...] = (
    *(
        None,
        "",
        "x",
        "2023-01-01",
        "é\x1b[31m",
        b"x",
        "a\0b",
        0,
        -1,
        1,
        3.7,
        1e308,
        -1e308,
        1e-320,
        10**9,
        10**400,
    ),
    *(
        float("nan"),
        float("inf"),
        True,
        1 + 2j,
        [],
        [1],
        ["x"],
        [None],
        [[]],
        (),
        {},
        {"a": 1},
        [1e308] * 3,
        [0.0] * 3,
        {"m": 1e308},
        {1},
        object(),
    ),
    *(
        dt.date(2023, 1, 1),
        dt.time(1),
        pd.NaT,
        pd.NA,
        np.array(3),
        np.array([[1.0]]),
        np.datetime64("NaT", "D"),
        np.bool_(1),
    ),
    *(
        pd.Series(dtype=float),
        pd.Series([1, "x"]),
        pd.DataFrame(),
        pd.DataFrame({"a": [1]}),
        print,
        int,
        Unspeakable(),
    ),
)
values = st.one_of(
    st.sampled_from(HOSTILE),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=8)
        | st.binary(max_size=4)
        | st.dates(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=4,
    ),
)


def doors() -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Every public function with arguments that are good."""
    ledger = fc.datasets.central_asia()
    uz = ledger.select(place="UZ", measure="ev_imports", as_of="2023-06-26")
    forecast = fc.forecast_flow(FACTS, periods=[fc.year(2023)], market_size=3e5, draws=50)
    results = fc.GrowthModel(SALES).fit()
    predicted = results.get_forecast(3)
    params = ROOT / "params" / "uzbekistan-baseline.yaml"
    scenario = fc.load_scenario(params)
    model, made = fc.GrowthModel(SALES), fc.outlook(scenario, ledger, draws=16)
    explorer = fc.explore(ROOT / "params" / "turkmenistan-baseline.yaml", draws=16)
    asked = {
        "evidence": FACTS,
        "periods": [fc.year(2023)],
        "prior": None,
        "market_size": 3e5,
        "basis": None,
    }
    return {
        "year": (fc.year, {"value": 2023}),
        "month": (fc.month, {"value": "2023-05"}),
        "span": (fc.span, {"start": "2023-01-01", "end": "2023-05-31"}),
        "Period": (fc.Period, {"start": dt.date(2023, 1, 1), "end": dt.date(2023, 5, 31)}),
        "annual_totals": (fc.annual_totals, {"series": pd.Series({2021: 809})}),
        "forecast_flow": (
            fc.forecast_flow,
            asked | {"draws": 16, "seed": 0, "policies": None, "as_of": None, "place": None},
        ),
        "FlowForecast.quantiles": (forecast.quantiles, {"levels": [0.1]}),
        "FlowForecast.summary_frame": (forecast.summary_frame, {"alpha": 0.2}),
        "FlowForecast.probability": (forecast.probability, {"above": 3}),
        "FlowForecast.totals": (forecast.totals, {"period": fc.year(2023)}),
        "FlowForecast.news": (forecast.news, {"evidence": FACTS}),
        "FlowForecast.update": (forecast.update, {"evidence": FACTS}),
        "FlowForecast.with_monthly": (forecast.with_monthly, {"monthly": forecast.monthly}),
        "GrowthModel": (
            fc.GrowthModel,
            {"endog": SALES, "curve": "bass", "kind": "flow"}
            | dict.fromkeys(("time", "launch", "bounds")),
        ),
        "GrowthModel.predict": (model.predict, {"params": results.params}),
        "GrowthModel.fit": (fc.GrowthModel(SALES).fit, {"start_params": None}),
        "GrowthResults.get_forecast": (results.get_forecast, {"steps": 2}),
        "GrowthResults.predict": (results.predict, {"steps": 2}),
        "GrowthResults.get_prediction": (results.get_prediction, {"start": 0, "end": 3}),
        "GrowthResults.conf_int": (results.conf_int, {"alpha": 0.1}),
        "GrowthResults.summary": (results.summary, {"alpha": 0.1}),
        "GrowthResults.append": (results.append, {"endog": [250.0], "refit": False}),
        "GrowthPrediction.conf_int": (predicted.conf_int, {"alpha": 0.1}),
        "GrowthPrediction.quantiles": (predicted.quantiles, {"levels": [0.1]}),
        "GrowthPrediction.summary_frame": (predicted.summary_frame, {"alpha": 0.1}),
        "GrowthForecaster.get_test_params": (
            fc.GrowthForecaster.get_test_params,
            {"parameter_set": "default"},
        ),
        "fit_curves": (
            fc.fit_curves,
            {"matrix": np.array([SALES]), "curve": "bass", "start_params": None},
        ),
        "backtest": (
            fc.backtest,
            {"panel": PANEL[PANEL["year"].between(2012, 2015)], "prior": fc.Prior.shipped()},
        ),
        "estimate_prior": (fc.estimate_prior, {"panel": PANEL, "months": None, "perimeter": ""}),
        "Ledger": (fc.Ledger, {"facts": []}),
        "Ledger.select": (
            ledger.select,
            {
                "place": "UZ",
                "measure": "ev_imports",
                "partner": "World",
                "basis": None,
                "as_of": None,
                "kind": None,
            },
        ),
        "Fact.model_copy": (next(iter(ledger)).model_copy, {"update": None, "deep": False}),
        "Ledger.get": (ledger.get, {"name": next(iter(ledger)).id}),
        "Ledger.concat": (lambda ledger: fc.Ledger().concat(ledger), {"ledger": uz}),
        "Ledger.head": (uz.head, {"count": 3}),
        "Ledger.from_frame": (
            fc.Ledger.from_frame,
            {"frame": FACTS, "measure": "ev_imports", "place": "UZ"},
        ),
        "read_ledger": (
            fc.read_ledger,
            {"path": ROOT / "forecasting" / "data" / "ledger" / "tajikistan.csv"},
        ),
        "load_outlook": (fc.load_outlook, {"folder": "."}),
        "load_scenario": (fc.load_scenario, {"scenario": params}),
        "fact": (
            fc.fact,
            {"period": "2026-01/2026-04", "value": 2_700, "relation": "equals", "quantity": "total"}
            | {"by": None},
        ),
        # Dry, as a run of what is taken would make a report each time
        "RunSummary.count": (
            fc.RunSummary("none", (RunResult("a-b", "fresh"),)).count,
            {"status": "fresh"},
        ),
        "run": (
            partial(fc.run, dry_run=True),
            {"params": [params], "out": "none", "as_of": None}
            | {"jobs": 1, "force": False, "engine": "fork", "timeout": None, "progress": False}
            | {"log": "text", "keep": None, "memory": None, "published": None, "ledger": ()}
            | {"scheduler": None, "keep_record": None, "allow": ()},
        ),
        "outlook": (
            fc.outlook,
            {
                "scenario": fc.load_scenario(params),
                "ledger": ledger,
                "prior": None,
                "draws": 16,
                "as_of": None,
                "assumptions": None,
                "drivers": None,
            },
        ),
        "Caveat.with_values": (fc.Caveat("only_bounds").with_values, {"values": "UZ"}),
        "outlooks": (fc.outlooks, {"pattern": "turkmenistan-b*", "draws": 16}),
        "corridor_plan": (
            fc.corridor_plan,
            {
                "name": "khorgos-almaty-tashkent",
                "electric_share": 0.1,
                "temperature": -20.0,
                "spacing_km": 60.0,
                "vehicles": ["car"],
            },
        ),
        "region_total": (fc.region_total, {"outlooks": [made], "scenario": "baseline"}),
        "Results.bands": (made.results.bands, {"measure": "ev_stock"}),
        "Results.since": (made.results.since, {"first_year": 2028}),
        "Results.wide": (made.results.wide, {"year": 2028}),
        "Results.probability": (
            made.results.probability,
            {"measure": "ev_stock", "above": 3, "year": 2028},
        ),
        "Outlook.bands": (made.bands, {"measure": "ev_stock"}),
        "Outlook.wide": (made.wide, {"year": 2028}),
        "Outlook.probability": (
            made.probability,
            {"measure": "ev_stock", "above": 3, "year": 2028},
        ),
        "Outlook.minus": (made.minus, {"baseline": made}),
        "Explorer.params": (explorer.params, {"name": "mine"}),
        "notebook.scenario_of": (fc.notebook.scenario_of, {"namespace": {"country": "UZ"}}),
        "notebook.store": (fc.notebook.store, {"outlook": made}),
        "Prior.until": (fc.Prior.shipped().until, {"last_year": 2020}),
        "Prior.of_measure": (fc.Prior.shipped().of_measure, {"measure": "ev_imports"}),
        "Prior.in_region": (fc.Prior.shipped().in_region, {"place": "KZ"}),
        "Prior.share_in": (fc.Prior.shipped().share_in, {"year": 2020}),
        "Prior.from_json": (fc.Prior.from_json, {"text": fc.Prior().to_json()}),
        "Prior.shipped": (fc.Prior.shipped, {"perimeter": "battery cars"}),
        "datasets.path": (fc.datasets.path, {"name": "ledger"}),
        "explore": (fc.explore, {"scenario": scenario, "ledger": ledger, "draws": 16}),
        "Explorer.begin": (explorer.begin, {"scenario": explorer.scenario}),
        "Explorer.change": (
            explorer.change,
            {"assumptions": {}, "drivers": [], "market_size": None, "horizon": 2027},
        ),
        "Explorer.set_scenario": (explorer.set_scenario, {"scenario": explorer.scenario}),
        "Explorer.save": (explorer.save, {"path": "mine.yaml", "overwrite": True}),
        "FlowForecast.plot": (forecast.plot, {}),
        "GrowthModel.fit_constrained": (model.fit_constrained, {"constraints": {"q": 0.4}}),
        "GrowthResults.forecast": (results.forecast, {"steps": 2}),
        "GrowthResults.plot": (results.plot, {"steps": 2, "alpha": 0.1}),
        "Ledger.to_csv": (uz.to_csv, {"path": "facts.csv"}),
        "Ledger.published_by": (uz.published_by, {"day": dt.date(2026, 1, 15)}),
        "new": (fc.new, {"country": "GE", "table": ""}),
        "Outlook.plot": (made.plot, {"measure": "ev_stock"}),
        "Outlook.save": (made.save, {"folder": "folder"}),
        "Period.overlap": (fc.year(2023).overlap, {"period": fc.year(2023)}),
        "Period.covers": (fc.year(2023).covers, {"period": fc.year(2023)}),
        "Scenario.replace": (scenario.replace, {"assumptions": {}, "drivers": [], "horizon": 2027}),
        "Scenario.as_change_of": (scenario.as_change_of, {"origin": scenario}),
        "Scenario.on": (scenario.on, {"day": dt.date(2023, 6, 26)}),
        "Scenario.with_ledger": (scenario.with_ledger, {"files": []}),
        **group_doors(made, ledger, forecast, results),
    }


def group_doors(
    made: fc.Outlook, ledger: fc.Ledger, forecast: fc.FlowForecast, results: fc.GrowthResults
) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Every function of the tables and the figures, its arguments by their names."""
    frame = pd.DataFrame({"median": [1.0], "pi_lower": [0.5], "pi_upper": [2.0]}, index=[2024])
    verdicts = fc.tables.article_checked([made.scenario])
    common = {
        "outlook": made,
        "outlooks": [made],
        "scenario": "baseline",
        "ledger": ledger.select(place="UZ", measure="ev_imports", as_of="2023-06-26"),
        "scenarios": [made.scenario],
        "checked": verdicts,
        "forecast": forecast,
        "forecasts": {"Bass": frame},
        "results": made.results,
        "total": made.results,
        "evidence": made,
        "table": made.table,
        "plan": fc.corridor_plan("khorgos-almaty-tashkent"),
        "frame": frame,
        "series": pd.Series({2022: 3.0, 2023: 5.0}),
        "held_back": pd.Series({2024: 8.0}),
        "measure": "ev_stock",
        "year": 2024,
        "since": 2025,
        "happened": 1.5,
        "place": "UZ",
        "country": "UZ",
        "day": "summer",
        "all_of_them": True,
        "last": 3,
        "most": 3,
        "missing": 3000.0,
        "idle": 1000.0,
        "caption": "what it is",
        "title": "A road",
    }
    only_of = {"ledger": {"article_checked": ledger}}
    several: dict[str, Callable[..., Any]] = {
        "tables.outlook_table": lambda outlook, measures: fc.tables.outlook_table(
            outlook, measures
        ),
        "tables.results_table": lambda results, measures, since: fc.tables.results_table(
            results, measures, since=since
        ),
        "tables.article_table": lambda checked, uses: fc.tables.article_table(checked, uses),
    }
    found = {}
    for space in GROUPS:
        for name, function in vars(getattr(fc, space)).items():
            if inspect.isfunction(function) and not name.startswith("_"):
                path = f"{space}.{name}"
                door = several.get(path, function)
                good = {
                    argument: only_of.get(argument, {}).get(name, common.get(argument, "words"))
                    for argument in inspect.signature(door).parameters
                }
                found[path] = (door, good)
    return found


DOORS = doors()
ARGUMENTS = [(name, argument) for name, (_, good) in DOORS.items() for argument in good]


def whole(made: Any) -> bool:
    """Whether a result holds no NaN and no infinity."""
    if isinstance(made, fc.FlowForecast):
        return bool(np.isfinite(made.monthly).all())
    if isinstance(made, (float, np.ndarray)):
        return bool(np.isfinite(made).all())
    if isinstance(made, (pd.DataFrame, pd.Series)):
        numbers = pd.DataFrame(made).select_dtypes("number")
        return bool(np.isfinite(numbers.to_numpy(float)).all())
    return True


@pytest.fixture(scope="module", autouse=True)
def a_folder_to_write_to(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("door"))
        yield


def used_or_refused(name: str, argument: str, value: Any) -> None:
    function, good = DOORS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            made = function(**good | {argument: value})
        except fc.ForecastingError as error:
            made = str(error)
    lines = made.splitlines() if isinstance(made, str) else []
    assert whole(made)
    assert all(len(line) <= 1000 and line.isprintable() for line in lines)


@pytest.mark.parametrize("name", DOORS)
def test_hostile_values_are_used_or_refused(name: str) -> None:
    for argument in DOORS[name][1]:
        for value in HOSTILE:
            try:
                used_or_refused(name, argument, value)
            except Exception as error:
                raise AssertionError(f"{name}({argument}={type(value).__name__})") from error


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(ARGUMENTS), values)
def test_whatever_comes_is_used_or_refused(door: tuple[str, str], value: Any) -> None:
    used_or_refused(*door, value)


def public() -> set[str]:
    """Every public function, and every public method with arguments, that users reach from the
    package's front.
    """
    front = {name: getattr(fc, name) for name in fc.__all__}
    classes = {
        name: kind
        for name, kind in front.items()
        if inspect.isclass(kind) and not issubclass(kind, _RAISED)
    }
    classes |= {"Explorer": Explorer, "GrowthPrediction": GrowthPrediction}
    found = {name for name, function in front.items() if inspect.isfunction(function)}
    found |= {
        f"{space}.{name}"
        for space in ("datasets", "figures", "notebook", "tables")
        for name, function in vars(getattr(fc, space)).items()
        if inspect.isfunction(function)
        and (space in GROUPS or function.__module__ == getattr(fc, space).__name__)
        and not name.startswith("_")
    }
    for name, kind in classes.items():
        found |= {f"{name}.{method}" for method in dir(kind) if _is_method(kind, method)}
    return {name for name in found if _arguments(name)}


_RAISED = (Exception, Warning)


def _is_method(kind: type, name: str) -> bool:
    method = inspect.getattr_static(kind, name)
    method = getattr(method, "__func__", method)
    ours = str(getattr(method, "__module__", "")).startswith("forecasting")
    return not name.startswith("_") and ours and inspect.isfunction(method)


def _arguments(name: str) -> list[str]:
    owner, _, method = name.partition(".")
    home = {"Explorer": Explorer, "GrowthPrediction": GrowthPrediction}.get(owner) or getattr(
        fc, owner
    )
    function = (
        inspect.getattr_static(home, method) if method and not inspect.ismodule(home) else None
    )
    chosen = getattr(function, "__func__", function) or (getattr(home, method) if method else home)
    return [
        argument
        for argument in inspect.signature(chosen).parameters
        if argument not in ("self", "cls")
    ]


def test_every_public_function_and_method_has_its_door_tried() -> None:
    assert sorted(public() - set(DOORS)) == []


def test_a_refusal_names_the_argument_what_it_was_and_what_is_taken() -> None:
    with pytest.raises(
        fc.EvidenceError, match=r"^draws is 1000000000; give a whole number from 8 to 100,000$"
    ):
        fc.forecast_flow(FACTS, draws=10**9)
    with pytest.raises(fc.EvidenceError, match=r"^alpha is 2; give a number between 0 and 1$"):
        DOORS["FlowForecast.summary_frame"][0](alpha=2)
    with pytest.raises(
        fc.EvidenceError,
        match=r"^scenario is 3; give a params file, the name of a scenario, a country, or a Scen",
    ):
        fc.outlook(3)  # type: ignore[arg-type]
    with pytest.raises(
        fc.PeriodError, match=r"^value is 'x'; give a whole number from 1900 to 2200$"
    ):
        fc.year("x")


def test_an_argument_that_is_none_is_named_with_its_function_and_the_nearest_right_one():
    with pytest.raises(
        fc.InputError,
        match=r"select\(\) got an unexpected keyword argument 'country'; it takes place, measure, ",
    ):
        fc.datasets.central_asia().select(country="UZ")
    with pytest.raises(fc.InputError, match=r"'market'; did you mean market_size\?$"):
        fc.forecast_flow(FACTS, market=3e5)
    with pytest.raises(fc.InputError, match=r"corridor_plan\(\) missing a required .*: 'name'$"):
        fc.corridor_plan()


# Called so often that a check would be felt, of another library's form, or with any keyword
UNCHECKED_KEYWORDS = {
    "Period",
    "Period.overlap",
    "Period.covers",
    "GrowthForecaster.get_test_params",
    "Ledger.concat",
    "RunSummary.count",
    "Caveat.with_values",
}


@pytest.mark.parametrize("name", sorted({*DOORS} - UNCHECKED_KEYWORDS))
def test_no_function_passes_a_misspelt_keyword_on_to_python(name):
    function, _ = DOORS[name]
    if getattr(function, "__name__", "") == "<lambda>":
        group, _, name = name.partition(".")
        function = getattr(getattr(fc, group), name)
    with pytest.raises(fc.ForecastingError, match=r"none_such|missing a required argument"):
        function(none_such=1)


CLASSES = [
    name
    for name in fc.__all__
    if inspect.isclass(getattr(fc, name)) and not issubclass(getattr(fc, name), Exception)
]


@pytest.mark.parametrize("name", CLASSES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_class_that_is_called_with_anything_refuses_it_by_an_error_of_the_package(
    name: str, data: st.DataObject
) -> None:
    parameters = inspect.signature(getattr(fc, name)).parameters.values()
    fields = {
        parameter.name: data.draw(values)
        for parameter in parameters
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        and (parameter.default is parameter.empty or data.draw(st.booleans()))
    }
    with contextlib.suppress(fc.ForecastingError):
        getattr(fc, name)(**fields)


def test_a_fit_is_made_by_fitting_alone() -> None:
    with pytest.raises(fc.ModelError, match=r"are what GrowthModel\(\.\.\.\)\.fit\(\) gives"):
        fc.GrowthResults(fc.GrowthModel(SALES))


def test_a_fact_that_is_no_fact_says_which_cell() -> None:
    days = {"period_start": "2023-01-01", "period_end": "2023-04-30"}
    with pytest.raises(fc.LedgerError, match=r"^a value: 'many' is not a number \("):
        fc.Fact(id="a", measure="ev_imports", place="UZ", relation="equals", value="many", **days)


@pytest.mark.parametrize("columns", [["a", "b"], ["b", "a"], ["c", "b", "a"]])
def test_a_table_has_the_columns_that_are_asked_for_or_more(columns: list[str]) -> None:
    table = pd.DataFrame(columns=columns)
    assert _frame("a", "b").read(table) is table


@pytest.mark.parametrize("value", [pd.DataFrame({"a": [1]}), pd.DataFrame(), {"a": 1, "b": 2}, ""])
def test_a_table_without_one_of_them_is_none(value: Any) -> None:
    check = _frame("a", "b")
    assert check.words == "a DataFrame with the columns a, b"
    with pytest.raises(ValueError, match=r"^$"):
        check.read(value)
