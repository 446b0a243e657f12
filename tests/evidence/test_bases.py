"""Each basis is described once, and what a reader sees of it is no code."""

from __future__ import annotations

from forecasting.evidence.bases import basis_name, perimeter, same_perimeter, shipped_bases
from forecasting.evidence.datasets import central_asia

BASES = shipped_bases()


def test_every_basis_of_the_ledger_is_described_and_no_other() -> None:
    used = set(central_asia().frame["basis"]) - {""}
    assert used == set(BASES)
    assert list(BASES) == sorted(BASES)
    for basis in BASES.values():
        assert all(
            (basis.name, basis.agency, basis.counts, basis.perimeter, basis.since.isdigit())
        ), basis.code
        assert basis.name[0].isupper(), basis.code


def test_no_basis_counts_before_it_began() -> None:
    frame = central_asia().frame
    told = frame[frame["kind"].isin(["outcome", "estimate"]) & (frame["basis"] != "")]
    for code, ends in told.groupby("basis")["period_end"]:
        assert ends.min()[:4] >= BASES[code].since, code


def test_agencies_of_one_perimeter() -> None:
    assert same_perimeter("uz-statistics", "uz-customs")
    assert same_perimeter("uz-energy-ministry", "uz-customs-2023")
    assert not same_perimeter("uz-statistics", "uz-energy-ministry")
    assert not same_perimeter("frontier-inspection", "cn-customs")  # by road, and by all modes
    assert not same_perimeter("tj-customs", "tj-transport")
    assert not same_perimeter("kz-bns", "kz-bns (ev_registrations)")


def test_a_basis_of_ones_own_is_shown_as_it_is_written() -> None:
    assert basis_name("My agency") == perimeter("My agency") == "My agency"
    assert same_perimeter("My agency", "My agency")
    assert not same_perimeter("My agency", "uz-customs")
