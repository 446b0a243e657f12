"""The index: failures first, numbers that are the results', nothing from outside, nothing run."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from made_up import make_outlook, stored

from forecasting.reporting.labels import spoken, spoken_median
from forecasting.reporting.site import build_site, write_assets
from forecasting.scenarios.joint_draws import RESULT_COLUMNS
from forecasting.scenarios.outlook_files import load_results
from forecasting.vocabulary.quantiles import standing_digits

pytestmark = pytest.mark.slow

GRID = [
    (f"{country}-{scenario}", code, scale)
    for country, code in (("uzbekistan", "UZ"), ("kazakhstan", "KZ"))
    for scenario, scale in (("baseline", 1.0), ("accelerated", 1.6))
]


def record(name, **more):
    country = {"uzbekistan": "UZ", "kazakhstan": "KZ"}[name.split("-")[0]]
    given = {"country": country, "scenario": name.split("-")[1], "as_of": "2023-06-26"}
    return {
        "name": name,
        "parameters": given,
        "finished": "2026-11-24T16:01:02+00:00",
        "seconds": {"notebook": 0.6},
    } | more


@pytest.fixture
def out(tmp_path):
    for name, code, scale in GRID:
        make_outlook(name, code, scale).save(tmp_path / name)
        (tmp_path / name / "report.html").touch()
    return tmp_path


@pytest.fixture
def records():
    return [record(name) for name, *_ in GRID]


def built(out, records):
    tables = [load_results(path) for path in out.glob("*/outlook.parquet")]
    return build_site(out, records, pd.concat([pd.DataFrame(columns=RESULT_COLUMNS), *tables]))


def text(path):
    return path.read_text(encoding="utf-8")


def card(page, name):
    return re.search(
        rf'<a class="card[^"]*" href="{name}/report.html".*?</a>', page, re.DOTALL
    ).group()


def test_each_report_has_a_card_with_its_numbers(out, records):
    page = text(built(out, records))
    assert page.count('<a class="card"') == 4
    numbers = re.findall(r"<strong>(.*?)</strong>", card(page, "uzbekistan-accelerated"))
    assert numbers == ["16,000", "24,000", "330,000", "11,000", "25,000"]
    assert "as of 2023-06-26 · run 2026-11-24 16:01 UTC" in page
    assert "a made-up caveat" not in card(page, "kazakhstan-baseline")
    # Once for each country, not for each of its cards
    assert page.count("<li>a made-up caveat</li>") == 2


def test_reports_of_one_scenario_have_a_card_each(out, records):
    make_outlook("uzbekistan-again-baseline", "UZ", 2.0).save(out / "uzbekistan-again-baseline")
    (out / "uzbekistan-again-baseline" / "report.html").touch()
    page = text(built(out, [*records, record("uzbekistan-again-baseline")]))
    assert page.count('<a class="card"') == 5
    assert 'href="uzbekistan-again-baseline/report.html" data-scenario="again-baseline"' in page
    assert 'href="uzbekistan-baseline/report.html" data-scenario="baseline"' in page


def test_the_index_is_in_russian_where_a_report_is(out, records):
    for ending in ("html", "ipynb"):
        (out / "uzbekistan-baseline" / f"report.ru.{ending}").touch()
    page = built(out, records)
    assert page.name == "index.html"
    assert 'href="index.ru.html"' in text(page)
    russian = text(out / "index.ru.html")
    assert '<html lang="ru">' in russian
    assert 'href="uzbekistan-baseline/report.ru.html"' in russian
    assert 'href="kazakhstan-baseline/report.html"' in russian  # it is in English alone
    body = re.sub(
        "<(script|style).*?</\\1>|<[^>]*>", " ", russian[russian.index("<body>") :], flags=re.S
    )
    body = body.replace("a made-up caveat", "")
    words = {*re.findall("[A-Za-z]{3,}", body)}
    files = {
        "CSV",
        "PNG",
        "SVG",
        "Excel",
        "Parquet",
        "export",
        "forecast",
        "REPORTS",
        "xlsx",
        "FILE",
    }
    assert words <= {"AFIR", "English", "UTC", "nbsp", *files}


def test_failures_come_first_with_cell_and_trace(out, records):
    records[1] = record(
        "uzbekistan-accelerated",
        failure={"cell": 4, "message": "EvidenceError: no", "trace": "Traceback"},
    )
    page = text(built(out, records))
    assert page.index("1 of 4 runs failed") < page.index("Countries by scenarios")
    assert "<b>uzbekistan-accelerated</b>, cell 4: EvidenceError: no" in page
    assert "<pre>Traceback</pre>" in page
    # The older report is still there
    assert 'card failed" href="uzbekistan-accelerated/report.html"' in page


def test_a_run_that_never_was_has_no_link(out, records):
    page = text(
        built(
            out,
            [*records, {"name": "uzbekistan-boom", "failure": {"cell": 0, "message": "killed"}}],
        )
    )
    assert "uzbekistan-boom/report.html" not in page
    assert 'data-scenario="boom"' in page


def test_what_others_wrote_is_escaped(out, records):
    wild = "<script>alert(1)</script>"
    records[0] = record(
        "uzbekistan-baseline", failure={"message": wild, "trace": wild, "cell": wild}, finished=wild
    )
    page = text(built(out, records))
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 3


def test_comparisons_are_drawn_from_one_shared_script(out, records):
    page = text(built(out, records))
    assert page.count('class="figure" data-json=') == 4 + 3
    assert page.count("plotly.min.js") == 1
    # A phone closes what stands open at first
    assert page.count('<details class="fold" open>') == 3
    assert (out / "assets" / "plotly.min.js").stat().st_size > 1_000_000
    assert len(page) < 200_000


def test_the_script_is_written_once(out):
    path = write_assets(out)
    before = path.stat().st_mtime_ns
    assert write_assets(out).stat().st_mtime_ns == before


def test_a_folder_without_reports_has_an_index_too(tmp_path):
    assert "0 reports" in text(built(tmp_path, []))


def test_corridors_have_a_section_of_their_own(out, records):
    corridor = {
        "name": "ports-baseline",
        "parameters": {"corridor": "ports", "scenario": "baseline"},
    }
    page = text(built(out, [*records, corridor]))
    assert page.index('id="countries"') < page.index('id="corridors"')


def test_the_index_is_the_same_from_run_to_run(out, records):
    assert text(built(out, records)) == text(built(out, records))


def test_three_hundred_reports_can_be_filtered(out, records):
    many = [record(f"uzbekistan-s{number}") for number in range(300)]
    page = text(built(out, [*records, *many]))
    assert 'id="filter"' in page
    assert len(page) < 1_000_000


def test_what_changed_in_a_report_is_shown_and_without_a_change_nothing_is(out, records):
    assert 'id="changes"' not in text(built(out, records))
    median = {"measure": "ev_stock", "year": 2030, "old": 1000.0, "new": 1100.0, "digits": 3}
    changes = {
        "days": ["2026-03-31"] * 2,
        "differences": {"fact": {"uz-1": "more"}},
        "medians": [median | {"headline": True}],
    }
    records[0] = record("uzbekistan-baseline", changes=changes)
    page = text(built(out, records))
    section = page[page.index('id="changes"') : page.index('id="countries"')]
    assert (
        "<summary><b>Uzbekistan, baseline.</b> Electric vehicles on the road, 2030: 1,100, before "
        "1,000 (+10%). Why: 1 fact more, less or changed.</summary>"
    ) in section
    # The fact has no row here that a link could lead to
    assert "<li>One fact more: uz-1</li>" in section


def test_the_regions_total_is_the_sum_of_joint_draws(out, records):
    page = text(built(out, records))
    section = page[page.index('id="region"') : page.index('id="countries"')]
    assert page.index('id="region"') < page.index('id="countries"')
    assert "2 countries together" in section
    joint = sum(
        make_outlook(name, code).results.values["ev_stock"][:, -1]
        for name, code, scale in GRID
        if scale == 1.0
    )
    levels = np.quantile(joint, [0.1, 0.5, 0.9])
    digits = standing_digits(levels[0], levels[-1])
    low, median, high = (spoken(level, "ev_stock", digits) for level in levels)
    assert f"About {median} electric cars on the road by the end of 2030" in section
    assert f"({low} to {high})" in section
    assert "The oldest count among them is that of Uzbekistan: it ends on 26 June 2023." in section
    assert section.count('class="figure" data-json=') == 3
    # Each country's answer on the map leads to its report; of the others there is an outline
    places = re.findall(r'<a href="([^"]+)">.*?<tspan class="name">(\w+)</tspan>', section)
    assert sorted(places) == [
        (f"{name.lower()}-baseline/report.html", name) for name in ("Kazakhstan", "Uzbekistan")
    ]
    assert section.count("<path d=") == 5
    median = spoken_median(make_outlook().results.bands("ev_stock").iloc[-1], "ev_stock")
    assert f">{median} cars</tspan>" in section


def test_without_joint_draws_there_is_no_total(out, records):
    records[2]["parameters"]["seed"] = 2
    (out / "kazakhstan-baseline" / "draws.parquet").write_bytes(b"no table")
    assert 'id="region"' not in text(built(out, records))
    (out / "kazakhstan-baseline" / "draws.parquet").unlink()
    assert 'id="region"' not in text(built(out, records))


def test_what_must_be_known_of_one_scenario_names_it(out, records):
    other = dataclasses.replace(
        make_outlook("uzbekistan-accelerated", "UZ", 1.6), caveats=[stored("of this one alone")]
    )
    other.save(out / "uzbekistan-accelerated")
    page = text(built(out, records))
    assert "<li>Accelerated: of this one alone</li>" in page
    assert "<li>Baseline: a made-up caveat</li>" in page
