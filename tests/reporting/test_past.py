"""How earlier forecasts did, on a report and on the index."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re

import pytest
from made_up import make_outlook

import forecasting as fc
from forecasting.reporting.past import (
    Changes,
    changes_in_words,
    changes_since,
    past_forecasts,
    scoreboard,
)
from forecasting.vocabulary.catalogues import written_in

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def test_a_country_s_earlier_forecasts_stand_beside_what_was_printed() -> None:
    later = dataclasses.replace(make_outlook(), as_of=dt.date(2026, 3, 31))
    table = past_forecasts(later)
    shown = {(row["forecast of"], row["period"]): row for row in table.frame.to_dict("records")}
    assert shown["2022-12-31", "2022"]["printed since"] == "2,180"
    assert shown["2024-12-31", "2025-05-01"]["what"] == "Public charging stations"
    assert shown["2022-12-31", "2022"]["counted by"] == "Statistics Agency, battery cars"
    assert shown["2022-12-31", "2023"]["counted by"] == (
        "Ministry of Energy, all electric cars; forecast were those of Statistics Agency, battery "
        "cars"
    )
    assert "would be expected" in table.caption
    assert "uz-" not in repr(table)


def test_nothing_that_was_not_printed_by_then_is_told() -> None:
    early = dataclasses.replace(make_outlook(), as_of=dt.date(2019, 6, 30))
    assert repr(past_forecasts(early)).startswith(
        "No forecast of an earlier year's end has an outcome yet"
    )
    assert scoreboard(dt.date(2019, 6, 30)) is None


def test_the_index_has_a_row_a_place_and_the_count_expected() -> None:
    told = scoreboard(dt.date(2026, 3, 31))
    last = told["table"].frame.iloc[-1]
    assert last["Place"] == "All"
    expected = last["Expected"]
    assert expected.startswith("34 to ")
    assert f"lie inside their 80 % range, where {expected} would be expected" in told["sentence"]


def test_a_report_says_what_changed_since_the_one_it_replaces(tmp_path):
    earlier, later = (
        fc.outlook("uzbekistan-baseline", draws=100, as_of=day)
        for day in ("2025-12-31", "2026-03-31")
    )
    earlier.save(tmp_path / "earlier")
    drivers = [driver for driver in later.scenario.drivers if driver.name != "imports-replaced"]
    scenario = later.scenario.model_copy(update={"drivers": tuple(drivers)})
    dataclasses.replace(later, scenario=scenario).save(tmp_path / "later")
    kept = json.loads(json.dumps(changes_since(tmp_path / "earlier", tmp_path / "later")))
    told, sentence, summary = changes_in_words(kept)
    new = "uz-ev-imports-2026-01-to-02-customs"
    assert f'<li>One fact more: <a class="fact" href="#fact-{new}">' in told
    assert "<li>One event less: imports replaced</li>" in told
    assert re.search(r"Electric vehicles on the road, 20\d\d: [\d,]+, before [\d,]+ \(", told)
    assert sentence == f"Since 31 December 2025: {summary}"
    assert re.match(
        r"Electric vehicles imported, 2026: [\d,]+, before [\d,]+ \([+-]\d+%\); .*"
        r"\. Why: \d+ facts, (\d+ polic(y|ies), )?\d+ events? more, less or changed\.$",
        summary,
    )
    with written_in("ru") as russian:
        told, sentence, summary = changes_in_words(kept)
        assert not russian.missing
    assert f'<li>Прибавилось сообщение: <a class="fact" href="#fact-{new}">' in told
    assert "<li>Убыло событие: замещение импорта" in told
    assert sentence.startswith("Со времени прогноза от 31 декабря 2025 года: ")
    assert not re.search("[A-Za-z]{2}", sentence + summary)
    assert changes_since(tmp_path / "later", tmp_path / "later") == {}
    assert changes_since(tmp_path / "nowhere", tmp_path / "later") == {}
    assert changes_in_words({}) == Changes()
    of_another_version = {"days": ["2026-01-01", "2026-02-01"], "differences": {"kind": ["x"]}}
    assert changes_in_words(of_another_version) == Changes()
    assert changes_in_words({**kept, "medians": [7]}) == Changes()


def test_numbers_that_moved_without_a_new_fact_are_the_packages(tmp_path):
    for draws in (50, 80):
        fc.outlook("turkmenistan-baseline", draws=draws).save(tmp_path / str(draws))
    summary = changes_in_words(changes_since(tmp_path / "50", tmp_path / "80")).since_summary
    assert re.match(r"Electric vehicles .*, before [\d,]+ \([+-]\d+%\)", summary)
    assert summary.endswith("so the package, its priors or its parameters.")


def test_forecasts_about_events_stand_beside_those_without_their_dates() -> None:
    board = scoreboard(dt.date(2026, 3, 31))
    assert board
    rows = board["events"].frame.set_index("forecast")
    ratio = float(rows["ratio to the forecast without its date"]["with its date"].split(" ± ")[0])
    assert ratio < float(rows["ratio to the forecast without its date"]["without"].split(" ± ")[0])
