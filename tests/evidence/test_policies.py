"""The table of policies: what ships, and what the reader refuses."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from forecasting.evidence import datasets
from forecasting.evidence.policies import (
    POLICY_COLUMNS,
    POLICY_KINDS,
    Policy,
    checked_policies,
    read_policies,
)
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.places import COUNTRIES

REGION = (*COUNTRIES, "EAEU")
ROW = {
    "id": "mine",
    "place": "NO",
    "kind": "ends",
    "start": "2023-01-01",
    "measure": "ev_registrations",
}


def country(policy: Policy) -> str:
    return policy.place.split("-")[0]


def test_values_of_shipped_policies() -> None:
    policies = read_policies()
    vat = policies["no-2023-01-vat"]
    assert (vat.kind, vat.start, vat.announced) == (
        "ends",
        dt.date(2023, 1, 1),
        dt.date(2022, 5, 12),
    )
    assert (vat.price_share, vat.price_of, vat.currency) == (0.042, "example", "NOK")
    assert policies["se-2022-11-bonus"].dated_by == "order"
    testing = policies["uz-2024-11-testing"]
    assert (testing.kind, testing.origin) == ("blocked", "imported")
    assert (testing.start, testing.end) == (dt.date(2024, 11, 1), dt.date(2025, 9, 2))
    assert policies["kg-2025-01-quota"].quota == 10_000
    assert policies["uz-2019-01-duty"].end is None
    assert policies["gb-2021-12-grant-cut-at-once"].price_share == -0.031


def test_what_a_part_of_the_buyers_take_is_felt_by_all_in_part() -> None:
    loans = read_policies()["uz-2026-09-loans"]
    of_all = loans.of_all_buyers()
    assert (loans.quota, loans.price_share, loans.buyer_share) == (15_000, 0.1, 0.3)
    assert of_all.quota == pytest.approx(50_000)
    assert of_all.price_share == pytest.approx(0.03)
    assert of_all.of_all_buyers() == of_all
    assert read_policies()["kg-2026-01-quota"].of_all_buyers().quota == 15_000


@pytest.mark.parametrize("part", ["0", "1.5", "-0.2"])
def test_a_part_of_the_buyers_lies_between_none_and_all(part: str) -> None:
    with pytest.raises(LedgerError, match=r"buyer_share: .* is (no part of the buyers|negative)"):
        checked_policies([ROW | {"buyer_share": part}])


def test_a_printed_month_is_known_on_its_last_day() -> None:
    policy = read_policies()["nz-2021-07-clean-car-discount"]
    assert policy.announced == dt.date(2021, 6, 30)
    assert not policy.is_known(dt.date(2021, 6, 29))


def test_a_policy_without_announcement_is_known_from_its_start() -> None:
    policy = read_policies()["uz-2019-01-duty"]
    assert policy.is_known(policy.start)
    assert not policy.is_known(dt.date(2018, 12, 31))


def test_an_end_may_be_told_later_than_the_start() -> None:
    policies = read_policies()
    licence = policies["us-2023-01-tax-credit"]
    before = licence.as_known(dt.date(2025, 7, 3))
    assert before
    assert before.end is None
    assert licence.as_known(dt.date(2025, 7, 4)) == licence
    exemption = policies["tj-2022-01-duty"]
    assert exemption.as_known(exemption.start) == exemption


def test_at_least_forty_events_of_fifteen_markets_stand_outside_the_region() -> None:
    others = [policy for policy in read_policies().values() if country(policy) not in REGION]
    assert len(others) >= 40
    assert len({country(policy) for policy in others}) >= 15
    for policy in others:
        assert policy.source, policy.id
        assert policy.url.startswith("http") or policy.source.startswith("months"), policy.id
        assert policy.measure, policy.id


def test_every_kind_and_every_ledger_row_that_is_named_exists() -> None:
    policies = read_policies()
    assert {policy.kind for policy in policies.values()} == set(POLICY_KINDS)
    ids = set(datasets.central_asia().frame["id"])
    for policy in policies.values():
        _, _, names = policy.note.partition("ledger: ")
        assert set(names.split(", ")) - {""} <= ids, policy.id


def test_policies_of_the_region_have_the_source_of_their_ledger_rows() -> None:
    frame = datasets.central_asia().frame.set_index("id")
    region = [policy for policy in read_policies().values() if "ledger: " in policy.note]
    assert len(region) >= 25
    for policy in region:
        ledger_id = policy.note.partition("ledger: ")[2].split(", ")[0]
        assert policy.url == frame.loc[ledger_id, "url"], policy.id
        assert policy.source == frame.loc[ledger_id, "source"], policy.id


def test_every_policy_of_the_ledger_is_in_the_table() -> None:
    frame = datasets.central_asia().frame
    chosen = frame["measure"].isin(["policy", "duty_free_quota"]) & (frame["url"] != "")
    notes = " ".join(policy.note for policy in read_policies().values())
    missing = [name for name in frame.loc[chosen, "id"] if name not in notes]
    assert missing == ["article-46"]  # the Belt and Road, without a day


def test_price_shares_are_the_printed_amounts_of_the_printed_prices() -> None:
    for policy in read_policies().values():
        if policy.amount and policy.price:
            assert policy.price_share is not None
            assert abs(policy.price_share) == pytest.approx(policy.amount / policy.price, abs=6e-4)
        if policy.price_share is not None:
            assert policy.price_of, policy.id


def test_the_quota_of_2026_begins_on_the_day_of_the_decision() -> None:
    policies = read_policies()
    assert policies["kg-2026-01-quota"].start == dt.date(2026, 1, 22)
    assert policies["by-2026-01-quota"].quota == 20_000


def test_what_has_no_printed_worth_moves_no_forecast() -> None:
    policies = read_policies()
    for name in ("uz-2025-05-utilisation-fee", "kz-2026-01-wto-rate", "kz-2026-01-no-transfer"):
        assert (policies[name].kind, policies[name].price_share) == ("step", None), name
    assert policies["kz-2026-01-vat"].price_share == pytest.approx(1 - 116 / 112, abs=1e-3)
    fee = policies["ru-2026-04-union-fee"]
    assert (fee.kind, fee.measure) == ("ends", "ev_kept_percent")


def test_quotes_are_short() -> None:
    assert all(len(policy.quote.split()) <= 15 for policy in read_policies().values())


def test_the_shipped_columns_are_the_readers() -> None:
    with datasets.path("policies.csv").open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == POLICY_COLUMNS


def test_an_own_table_needs_four_columns(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("id,place,kind,start\nmine,Norway,ends,2027-01-01\n", "utf-8")
    assert read_policies(file) == {"mine": Policy("mine", "NO", "ends", dt.date(2027, 1, 1))}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": ""}, r"policies:1 start: is empty \(give the day from which it holds"),
        ({"start": "1 May"}, r"policies:1 start: '1 May' is not a date; write it as YYYY-MM-DD"),
        ({"announced": "May"}, r"policies:1 announced: 'May' is not a day, month or year"),
        (
            {"end": "2022-12-31"},
            r"policies:1 end: 2022-12-31 comes before start 2023-01-01 \(swap the two",
        ),
        (
            {"place": "Norwayy"},
            r"policies:1 place: 'Norwayy' is not a known place \(did you mean NO",
        ),
        ({"place": ""}, r"policies:1 place: is empty \(use an ISO 3166 code"),
        ({"kind": "end"}, r"policies:1 kind: 'end' is unknown \(did you mean ends\?\)"),
        ({"kind": ""}, r"policies:1 kind: is empty \(one of ends, begins, blocked, step, quota\)"),
        (
            {"measure": "ev_registration"},
            r"policies:1 measure: 'ev_registration' is unknown \(did you mean ev_registrations\?\)",
        ),
        ({"price_of": "mean"}, r"policies:1 price_of: 'mean' is unknown"),
        (
            {"price_share": "1.5"},
            r"policies:1 price_share: 1.5 is more than the price \(write it as a part of one",
        ),
        ({"price_share": "-0.1"}, r"policies:1 price_share: -0.1 is below 0 \(only a step down"),
        (
            {"price_share": "13%"},
            r"policies:1 price_share: '13%' is not a number \(digits and a decimal",
        ),
        (
            {"kind": "quota", "quota": "9", "remainder": "5", "remainder_on": "2022"},
            r"policies:1 remainder_on: 2022 lies before the start, 2023-01-01 \(give the day",
        ),
        ({"quota": "-5"}, r"policies:1 quota: -5 is negative \(give how much it is"),
        ({"id": ""}, r"policies:1 id: is empty \(give every fact an id of its own"),
    ],
)
def test_each_fault_names_its_row_and_what_to_do(change: dict[str, str], message: str) -> None:
    with pytest.raises(LedgerError, match=message):
        checked_policies([ROW | change])


@pytest.mark.parametrize("quota", ["-5", "x", "", "0.0"])
def test_a_wrong_number_of_a_quota_is_told_once(quota: str) -> None:
    with pytest.raises(LedgerError, match="policies:1 quota: ") as caught:
        checked_policies([ROW | {"kind": "quota", "quota": quota}])
    assert str(caught.value).count("policies:1 quota:") == 1


def test_two_policies_of_one_id() -> None:
    message = r"policies:2 id: 'mine' is a duplicate of policies:1 \(ids are used once\)"
    with pytest.raises(LedgerError, match=message):
        checked_policies([ROW, ROW])


def test_all_faults_come_in_one_message() -> None:
    rows = [ROW | {"start": ""}, ROW | {"id": "other", "price_share": "2", "place": "Atlantis"}]
    with pytest.raises(LedgerError, match=r"mine.csv:2 start: is empty") as caught:
        checked_policies(rows, "mine.csv", first_row=2)
    assert [problem.where for problem in caught.value.problems] == [
        "mine.csv:2 start",
        "mine.csv:3 price_share",
        "mine.csv:3 place",
    ]


def test_a_step_down_has_a_share_below_0() -> None:
    policy = checked_policies([ROW | {"kind": "step", "price_share": "-0.1"}])["mine"]
    assert policy.price_share == -0.1


def test_columns_that_lack_or_that_nobody_knows() -> None:
    with pytest.raises(
        LedgerError, match=r"policies: column 'start' is missing \(a table of policies needs"
    ):
        checked_policies([{"id": "a", "place": "NO", "kind": "ends"}])
    with pytest.raises(
        LedgerError, match=r"policies: 'announce' is an unknown column .*did you mean announced"
    ):
        checked_policies([ROW | {"announce": "2022"}])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        LedgerError, match=r"none.csv: No such file or directory .*give a CSV file in UTF-8"
    ):
        read_policies(tmp_path / "none.csv")


def test_rows_of_a_pandas_table() -> None:
    frame = pd.DataFrame([ROW | {"price_share": 0.1}, ROW | {"id": "other"}])
    frame["start"] = pd.to_datetime(frame["start"])
    policies = checked_policies({str(k): v for k, v in r.items()} for r in frame.to_dict("records"))
    assert policies["mine"].start == dt.date(2023, 1, 1)
    assert [policy.price_share for policy in policies.values()] == [0.1, None]


def test_an_empty_table_has_no_policies() -> None:
    assert checked_policies([]) == {}


def test_a_quota_is_open_until_its_end_is_announced() -> None:
    quota = Policy("mine", "UZ", "quota", dt.date(2026, 3, 1), quota=5.0)
    assert quota.is_open_quota
    assert not replace(quota, end_announced=dt.date(2026, 5, 1)).is_open_quota
    assert not replace(quota, kind="ends").is_open_quota
    assert quota.last_day == dt.date(2026, 12, 31)
    assert replace(quota, end=dt.date(2026, 6, 30)).last_day == dt.date(2026, 6, 30)
