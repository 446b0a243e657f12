"""The part-year backtest: what a case tells, what teaches its forecast, what the rules say, and
every bad input.
"""

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.markets import read_monthly, read_panel
from forecasting.evaluation.part_year import (
    PART_YEAR_MONTHS,
    inputs_of,
    part_year,
    part_year_skill,
    part_years,
    summarise_part_year,
)
from forecasting.evaluation.peers import RULES, PartYear
from forecasting.evaluation.records import THIS_PACKAGE
from forecasting.evaluation.scores import weighted_interval_score
from forecasting.panels.seasons import estimate_within_year
from forecasting.reporting.score_words import PART_YEAR, scores_text
from forecasting.vocabulary.errors import EvidenceError

pytestmark = pytest.mark.usefixtures("shared_forecasts")

SIZE = 240_000
YEARS = range(2018, 2022)


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    """Six markets from 2010 to 2021, in the columns of IEA's table."""
    rng, rows = np.random.default_rng(2), []
    for market in "ABCDEF":
        z = rng.normal(-7, 0.4)
        for year in range(2010, 2022):
            z += rng.normal(0.45, 0.15)
            share = 1 / (1 + np.exp(-z))
            rows.append(
                (market, year, round(0.6 * SIZE * share), round(0.4 * SIZE * share), 100 * share)
            )
    return pd.DataFrame(
        rows, columns=["market", "year", "sales_bev", "sales_phev", "sales_share_percent"]
    )


@pytest.fixture(scope="module")
def monthly(raw: pd.DataFrame) -> pd.DataFrame:
    """Two of them by month, with a December twice as strong as other months."""
    rng, rows = np.random.default_rng(3), []
    for market in "AB":
        for year in YEARS:
            sales = raw[(raw["market"] == market) & (raw["year"] == year)]["sales_bev"].iloc[0]
            part = np.array([1.0] * 11 + [2.0]) * np.exp(rng.normal(0, 0.1, 12))
            counts = np.round(sales * part / part.sum()).astype(int)
            rows += [(market, f"{year}-{k + 1:02d}", counts[k], SIZE // 12) for k in range(12)]
    return pd.DataFrame(rows, columns=["market", "month", "bev", "all_cars"])


@pytest.fixture(scope="module")
def scored(raw: pd.DataFrame, monthly: pd.DataFrame) -> pd.DataFrame:
    return part_year_skill(raw, monthly)


def test_a_case_tells_three_printed_facts_and_keeps_two_outcomes(monthly: pd.DataFrame) -> None:
    cases = list(part_years(read_monthly(monthly), PART_YEAR_MONTHS))
    assert len(cases) == 2 * 3 * 4
    case = next(case for case in cases if (case.market, case.origin, case.k) == ("A", 2020, 4))
    counts = monthly[monthly["market"] == "A"].set_index("month")["bev"]
    now, before = counts["2020-01":"2020-04"].sum(), counts["2019-01":"2019-04"].sum()
    assert (case.last_year, case.part) == (counts["2019-01":"2019-12"].sum(), now)
    assert case.growth == round(100 * (now / before - 1), 1)
    assert case.size == SIZE
    assert case.outcomes == {
        0: counts["2020-01":"2020-12"].sum(),
        1: counts["2021-01":"2021-12"].sum(),
    }


def test_a_missing_month_ends_a_year_and_missing_cars_leave_the_size_open(
    monthly: pd.DataFrame,
) -> None:
    holes = monthly[~((monthly["market"] == "A") & (monthly["month"] == "2019-07"))].drop(
        columns="all_cars"
    )
    cases = list(part_years(read_monthly(holes), PART_YEAR_MONTHS))
    assert {(case.market, case.origin) for case in cases} == {
        ("A", 2021),
        ("B", 2019),
        ("B", 2020),
        ("B", 2021),
    }
    assert {case.size for case in cases} == {None}
    blank = monthly.assign(bev=monthly["bev"].where(monthly["month"] != "2019-07"))
    assert {case.origin for case in part_years(read_monthly(blank), PART_YEAR_MONTHS)} == {2021}


@pytest.mark.slow
def test_every_method_is_scored_on_every_case(scored: pd.DataFrame) -> None:
    assert scored.groupby("method").size().to_dict() == dict.fromkeys(
        [*RULES, THIS_PACKAGE], 2 * (3 + 2) * 4
    )
    assert (scored["wis"] > 0).all()
    assert scored[scored["method"] == THIS_PACKAGE]["ale"].median() < 0.4


@pytest.mark.slow
def test_the_rules_are_what_a_user_would_do_by_hand(
    scored: pd.DataFrame, monthly: pd.DataFrame
) -> None:
    counts = monthly[monthly["market"] == "B"].set_index("month")["bev"]
    part, outcome = counts["2021-01":"2021-06"].sum(), counts["2021-01":"2021-12"].sum()
    row = scored[
        (scored["market"] == "B")
        & (scored["year"] == 2021)
        & (scored["k"] == 6)
        & (scored["h"] == 0)
    ]
    row = row.set_index("method").loc["annualised part year"]
    assert row["ale"] == pytest.approx(abs(np.log(2 * part / outcome)))
    normal = np.array([-1.959964, -1.281552, -0.674490, 0.0, 0.674490, 1.281552, 1.959964])
    quantiles = np.log(2 * part) + 0.30 * normal
    assert row["wis"] == pytest.approx(
        float(weighted_interval_score(quantiles, np.log(outcome))), rel=1e-5
    )


@pytest.mark.slow
def test_neither_its_own_rows_nor_later_years_teach_a_market(
    raw: pd.DataFrame, monthly: pd.DataFrame, scored: pd.DataFrame
) -> None:
    changed = raw.copy()
    own_or_later = (changed["market"] == "A") | (changed["year"] >= 2020)
    changed.loc[own_or_later, "sales_share_percent"] /= 3
    again = part_year_skill(changed, monthly)
    same = (scored["market"] == "A") & (scored["year"] <= 2020) & (scored["method"] == THIS_PACKAGE)
    pd.testing.assert_frame_equal(scored[same], again[same])
    others = read_monthly(monthly[(monthly["market"] == "B") & (monthly["month"] < "2021-01")])
    case = next(
        case
        for case in part_years(read_monthly(monthly), PART_YEAR_MONTHS)
        if (case.market, case.origin, case.k) == ("A", 2021, 4)
    )
    prior = inputs_of(case, read_panel(raw, battery_only=True), read_monthly(monthly)).prior
    assert prior.within_year == estimate_within_year(others)
    assert prior.last_year == 2020


@pytest.mark.slow
def test_other_markets_can_be_given_to_learn_from(raw: pd.DataFrame, monthly: pd.DataFrame) -> None:
    """Then names need not match; a market that is among them all the same is left out."""
    late = monthly[monthly["month"] >= "2020-01"]
    elsewhere = late.assign(market=late["market"].replace({"A": "Arcadia", "B": "Borduria"}))
    apart = part_year_skill(raw, elsewhere, train=raw[raw["market"] != "A"])
    among = part_year_skill(raw, late, train=raw)
    assert apart["market"].unique().tolist() == ["Arcadia", "Borduria"]
    assert (
        apart["wis"][apart["market"] == "Arcadia"].tolist()
        == among["wis"][among["market"] == "A"].tolist()
    )


@pytest.mark.slow
def test_a_year_without_a_prior_is_left_out_and_said(
    raw: pd.DataFrame, monthly: pd.DataFrame
) -> None:
    """The other markets begin in 2017: by 2018 none has three years in a row."""
    late = raw[raw["market"].isin(["A", "B"]) | (raw["year"] >= 2017)]
    late = late[~late["market"].isin(["A", "B"]) | (late["year"] >= 2018)]
    table = part_year_skill(late, monthly)
    assert table.attrs["without_prior"] == ["A 2019", "B 2019"]
    assert set(table["year"]) == {2020, 2021}
    assert table["median"].notna().all()
    assert "Left out, as the other markets teach no growth by then: A 2019, B 2019." in scores_text(
        summarise_part_year(table), PART_YEAR
    )
    none = late[late["year"] >= 2020]
    with pytest.raises(EvidenceError, match=r"A in 2019, its own rows left out: .* earlier years"):
        part_year_skill(none, monthly)


@pytest.mark.slow
def test_registrations_are_read_as_battery_cars(monthly: pd.DataFrame) -> None:
    renamed = monthly.rename(columns={"bev": "registrations"})
    pd.testing.assert_frame_equal(read_monthly(renamed), read_monthly(monthly))


@pytest.mark.slow
def test_the_summary_of_known_numbers() -> None:
    rows = [
        (method, market, 2020, 2, h, wis, 0.1, True, market == "A")
        for method, scores in (
            ("annualised part year", (0.2, 0.4)),
            ("last year times growth", (0.4, 0.4)),
            (THIS_PACKAGE, (0.1, 0.3)),
        )
        for market, wis in zip("AB", scores, strict=True)
        for h in (0, 1)
    ]
    table = pd.DataFrame(
        rows, columns=["method", "market", "year", "k", "h", "wis", "ale", "in80", "in95"]
    ).assign(scored=lambda rows: rows["year"] + rows["h"])
    lines = summarise_part_year(table)
    scored = lines.loc[THIS_PACKAGE]
    assert scored[["wis", "k2", "next_wis", "in80", "in95", "se95"]].tolist() == [
        0.2,
        0.2,
        0.2,
        1.0,
        0.5,
        0.5,
    ]
    assert lines.loc[THIS_PACKAGE, "ratio"] == pytest.approx(0.667)
    assert lines.loc[THIS_PACKAGE, "ratio_se"] == pytest.approx(
        np.sqrt(2 * 2 * (1 / 30 / 0.3) ** 2) / 2, abs=1e-3
    )
    assert lines["cases"].tolist() == [4, 4, 4]
    said = scores_text(lines, PART_YEAR)
    assert "ratio to the best rule, this year" in said
    assert "clustered by market" in said


@pytest.mark.slow
def test_one_year_without_a_next_has_no_figures_for_it(
    raw: pd.DataFrame, monthly: pd.DataFrame
) -> None:
    lines = summarise_part_year(part_year_skill(raw, monthly[monthly["month"] < "2020-01"]))
    assert lines["next_wis"].isna().all()
    assert lines["cases"].tolist() == [8] * 4


# --- bad input
@pytest.mark.slow
def test_bad_months_are_refused_with_line_and_value(monthly: pd.DataFrame) -> None:
    def cell(column: str, value: object) -> pd.DataFrame:
        return monthly.astype({column: object}).assign(
            **{column: [*monthly[column][:4], value, *monthly[column][5:]]}
        )

    for column, value, said in (
        ("bev", "many", r":6 bev: 'many' is not a count \(write digits and a point, 0 or more\)"),
        ("bev", -5, r":6 bev: '-5' is not a count"),
        ("all_cars", "x", r":6 all_cars: 'x' is not a count"),
        ("month", "2018/05", r":6 month: '2018/05' is not a month \(write YYYY-MM, as 2024-01\)"),
        ("month", "2018-13", r"'2018-13' is not a month"),
        ("month", "2018-04", r"the table of months holds A 2018-04 twice; keep one row"),
    ):
        with pytest.raises(EvidenceError, match=said):
            read_monthly(cell(column, value))
    with pytest.raises(EvidenceError, match=r"lacks bev; it has market, month, bevs"):
        read_monthly(monthly.rename(columns={"bev": "bevs"}))
    with pytest.raises(
        EvidenceError, match=r"the table of months lacks market, month; it has bev, all_cars"
    ):
        read_monthly(monthly[["bev", "all_cars"]])
    with pytest.raises(EvidenceError, match=r"has no rows"):
        read_monthly(monthly.iloc[:0])


@pytest.mark.slow
def test_markets_that_do_not_meet_are_refused(raw: pd.DataFrame, monthly: pd.DataFrame) -> None:
    names = {"A": "Czechia", "B": "United Kingdom", "C": "Norway"}
    panel = raw.assign(market=raw["market"].replace(names))
    months = monthly.assign(
        market=monthly["market"].replace({"A": "Czechia", "B": "United kingdom"})
    )
    with pytest.raises(
        EvidenceError,
        match=r"'United kingdom' of the months is not in the panel; did you mean United Kingdom\?",
    ):
        part_year_skill(panel, months)
    with pytest.raises(
        EvidenceError,
        match=r"'A' of the months is not in the panel; it has Czechia, D, E, F, Norway",
    ):
        part_year_skill(panel, monthly)
    with pytest.raises(EvidenceError, match=r"no market has two whole years of months in a row"):
        part_year_skill(raw, monthly[monthly["month"] < "2019-06"])
    with pytest.raises(
        EvidenceError,
        match=r"A in 2019, its own rows left out: the panel has no rows",
    ):
        part_year_skill(raw[raw["year"] > 2018], monthly)


@pytest.mark.parametrize(("december", "is_case"), [(12, True), (11, False)])
def test_what_is_printed_of_a_market_by_a_month(december, is_case):
    """8 in each other month of 2022, 12 in each of 2023, and ten cars for each."""
    months = pd.period_range("2022-01", "2023-04", freq="M")
    registrations = pd.Series([8.0] * 11 + [december] + [12.0] * 4, index=months)
    counts = pd.DataFrame({"registrations": registrations, "all_cars": 10 * registrations})
    made = part_year(counts, "Norway", pd.Period("2023-03"))
    expected = PartYear("Norway", 2023, 3, 100.0, 36.0, 50.0, 1000.0, {})
    assert made == (expected if is_case else None)
    assert part_year(counts.drop(pd.Period("2022-02")), "Norway", pd.Period("2023-03")) is None
    assert part_year(counts, "Norway", pd.Period("2023-05")) is None
