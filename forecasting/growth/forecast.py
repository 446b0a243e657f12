"""A forecast of a flow from facts: what each fact does to it, and what new facts change."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from forecasting.evidence.ledger import EVIDENCE, PERIOD, Ledger, ledger_of
from forecasting.evidence.observation import Observation
from forecasting.evidence.policies import Policy, shipped_policies
from forecasting.growth.likelihood import flow_weights
from forecasting.growth.policy_months import EFFECT, Policies, months_since, numbers_of, percent_of
from forecasting.growth.posterior import Posterior
from forecasting.growth.prior import ANALOGUES, log_odds
from forecasting.growth.quotas import quota_table
from forecasting.growth.sharing import made_once
from forecasting.showing import Shown, caveat_lines, chart
from forecasting.vocabulary.arguments import (
    Check,
    instance,
    number,
    probability,
    sequence,
    short_repr,
    takes,
)
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.names import DATA
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array, Indices, sums_of_years

if TYPE_CHECKING:
    from forecasting.growth.request import Request

LEAST_EFFECT = 0.5  # percent of a month's flow; a smaller effect is not listed
MAX_SHARE_DISTANCE = 0.35  # log-odds; market-years whose share is farther away are no analogues


NEWS = Check(
    f"{EVIDENCE.words}, or a later forecast",
    lambda value: value if isinstance(value, FlowForecast) else EVIDENCE.read(value),
)


@dataclass(frozen=True, repr=False)
class FlowForecast(Shown):
    """Draws of a flow's monthly path, made from facts, and what each fact does to them.

    Made by :func:`forecast_flow`.

    Attributes
    ----------
    periods : tuple of Period
        What was asked for.
    months : tuple of Period
        The months of the path.
    monthly : ndarray, shape (draws, months)
        The flow by month, on the forecast basis.
    market : ndarray, shape (draws, months), or None
        New vehicles by month, where the market's size is known.
    basis : str
        Whose definition is forecast.
    measure, place : str
        What and where, as far as the evidence says.
    diagnostics : dict
        How the draws were made, and whether they can be trusted.
    caveats : tuple of Caveat
        What a reader should know: facts left out, facts that disagree.

    Examples
    --------
    >>> from forecasting.growth.flow import annual_totals, forecast_flow
    >>> from forecasting.vocabulary.periods import year
    >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
    >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
    >>> forecast.summary_frame(alpha=0.2).columns.tolist()
    ['mean', 'median', 'pi_lower', 'pi_upper']
    """

    periods: tuple[Period, ...]
    months: tuple[Period, ...]
    monthly: Array
    market: Array | None
    basis: str
    measure: str
    place: str
    diagnostics: Mapping[str, object]
    caveats: tuple[Caveat, ...]
    request: Request
    sizes: Array  # of the policies, by draw
    _fit: tuple[tuple[Observation, ...], Posterior]

    @property
    def evidence(self) -> Ledger:
        """The facts that it rests on."""
        return self.request.flow.ledger

    @property
    def policies(self) -> Policies:
        """The policies that it knows, those of one kind and month as one, and what such ones do."""
        return Policies(self.request.policies, self.request.prior.policies)

    @property
    def posterior(self) -> Posterior:
        """How well the draws meet each fact; without the coordinates of the path."""
        return self._fit[1]

    def __repr__(self) -> str:
        ranges = ", ".join(
            f"{label} {median:,.0f} ({low:,.0f} to {high:,.0f})"
            for label, (low, median, high) in self.quantiles(RANGE_LEVELS).iterrows()
        )
        name = " ".join(filter(None, (self.measure, self.place, self.basis)))
        words = f"<{type(self).__name__} {name}: {ranges}; medians and 80 % ranges>"
        words = words.replace(" :", ":")
        return words + caveat_lines(self.caveats)

    @takes(EvidenceError)
    def plot(self, later: FlowForecast | None = None) -> Any:
        """The periods with their intervals, and the facts that they rest on, as a plotly figure.

        Parameters
        ----------
        later : FlowForecast, optional
            What is known of the periods since, as a forecast from facts that came later.

        Returns
        -------
        plotly.graph_objects.Figure
            In the measure's unit.

        Raises
        ------
        EvidenceError
            Where `later` is no forecast.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> [trace.name for trace in forecast.plot().data][:2]
        ['forecast, 80 %', None]
        """
        if not isinstance(later, FlowForecast | None):
            raise EvidenceError(
                f"later is {short_repr(later)}; give a forecast of the same periods"
            )
        return chart(self, later)

    @takes(EvidenceError, period=PERIOD)
    def totals(self, period: Period) -> Array:
        """The flow over any period inside the path, one value a draw.

        Parameters
        ----------
        period : Period
            Any days inside the path.

        Returns
        -------
        ndarray, shape (draws,)
            In the measure's unit; a month that is covered in part counts by its days.

        Raises
        ------
        EvidenceError
            Where the period reaches outside the path.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> forecast.totals(year(2023)).shape
        (200,)
        """
        if period.start < self.months[0].start or period.end > self.months[-1].end:
            raise EvidenceError(
                f"{period} reaches outside the forecast's months, {self.months[0]} to "
                f"{self.months[-1]}"
            )
        weights = flow_weights(period, self.months[0].start.year, len(self.months))
        return self.monthly @ weights

    @cached_property
    def _totals(self) -> Array:
        return np.stack([self.totals(period) for period in self.periods])

    @cached_property
    def _log_totals(self) -> Array:
        return np.log(np.maximum(self._totals, 1e-9))

    @property
    def _log_median(self) -> Array:
        return np.log(np.maximum(self._totals_median, 1e-9))

    @property
    def _totals_median(self) -> list[float]:
        return [float(value) for value in np.median(self._totals, axis=1)]

    @property
    def _index(self) -> pd.Index:
        return pd.Index([period.label for period in self.periods], name="period")

    @takes(
        EvidenceError, levels=sequence(number(0, 1), "numbers from 0 to 1, e.g. [0.1, 0.5, 0.9]")
    )
    def quantiles(
        self, levels: Sequence[float] | Array = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
    ) -> pd.DataFrame:
        """Quantiles by period: one row per period, one column per level.

        Parameters
        ----------
        levels : sequence of float
            From 0 to 1.

        Returns
        -------
        DataFrame, shape (periods, levels)
            In the measure's unit.

        Raises
        ------
        EvidenceError
            For a level outside 0 to 1.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> forecast.quantiles([0.1, 0.9]).shape
        (1, 2)
        """
        columns = [float(level) for level in levels]
        table = np.quantile(self._totals, columns, axis=1).T
        return pd.DataFrame(table, index=self._index, columns=pd.Index(columns, name="quantile"))

    @takes(EvidenceError, alpha=probability())
    def summary_frame(self, alpha: float = 0.2) -> pd.DataFrame:
        """Mean, median and the 1 - alpha prediction interval by period, in statsmodels' columns.

        Parameters
        ----------
        alpha : float
            Probability outside the interval, half of it on either side.

        Returns
        -------
        DataFrame
            Columns mean, median, pi_lower, pi_upper, in the measure's unit; one row per period.

        Raises
        ------
        EvidenceError
            For an alpha that is no probability.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> forecast.summary_frame(alpha=0.2).columns.tolist()
        ['mean', 'median', 'pi_lower', 'pi_upper']
        """
        low, median, high = np.quantile(self._totals, [alpha / 2, 0.5, 1 - alpha / 2], axis=1)
        columns = {
            "mean": self._totals.mean(axis=1),
            "median": median,
            "pi_lower": low,
            "pi_upper": high,
        }
        return pd.DataFrame(columns, index=self._index)

    @takes(EvidenceError, above=number())
    def probability(self, above: float) -> pd.Series:
        """Probability that the flow exceeds a number, by period.

        Parameters
        ----------
        above : float
            In the measure's unit.

        Returns
        -------
        Series
            Up to 1, by period.

        Raises
        ------
        EvidenceError
            Where `above` is not a number.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> forecast.probability(above=0).tolist()
        [1.0]
        """
        return pd.Series(
            (self._totals > above).mean(axis=1), index=self._index, name=f"above {above:g}"
        )

    @takes(EvidenceError, monthly=instance(np.ndarray, words="an array"))
    def with_monthly(self, monthly: Array) -> Self:
        """The same forecast with other draws, as drivers make them.

        Parameters
        ----------
        monthly : ndarray, shape (draws, months)
            In the measure's unit.

        Returns
        -------
        FlowForecast
            Its facts, periods and caveats stay.

        Raises
        ------
        EvidenceError
            Where the numbers are not finite, or not of as many months.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> doubled = forecast.with_monthly(2 * forecast.monthly)
        >>> bool(np.allclose(doubled.totals(year(2023)), 2 * forecast.totals(year(2023))))
        True
        """
        same_months = monthly.shape[1:] == self.monthly.shape[1:]
        if not same_months or monthly.dtype.kind not in "fiu" or not np.isfinite(monthly).all():
            raise EvidenceError(
                f"monthly has shape {monthly.shape}: give finite numbers, draws by"
                f" {len(self.months)} months"
            )
        return replace(self, monthly=monthly.astype(float))

    def fit_table(self) -> pd.DataFrame:
        """Each fact, and what the other facts lead one to expect of it.

        Returns
        -------
        DataFrame
            Columns fact, period, basis (whose count it is), printed, value (what was printed, in
            its unit), expected and its 80 % range, surprise (in standard deviations of that range;
            none of a bound that holds), doubted (probability that the fact is wrong).

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> forecast.fit_table()["printed"].tolist()
        ['809', '2,180']
        """
        return self._fit_table.copy()

    @cached_property
    def _fit_table(self) -> pd.DataFrame:
        columns = [
            "fact",
            "period",
            "basis",
            "printed",
            "value",
            "expected",
            "low",
            "high",
            "surprise",
            "doubted",
        ]
        observations, fit = self._fit
        rows = []
        for i, o in enumerate(observations):
            mean = float(fit.expected[i])
            sd = float(fit.expected_sd[i])
            base = float(fit.base[i])
            low, middle, high = sorted(
                o.in_print_unit(mean + z * sd, base) for z in (-1.2816, 0.0, 1.2816)
            )
            surprise = o.residual(mean) / math.hypot(sd, min(wide for _, _, wide in o.noise))
            printed_value = o.in_print_unit(o.value, base)
            message = (o.name, o.period.label, o.basis, o.printed)
            rows.append(
                (*message, printed_value, middle, low, high, surprise, float(fit.doubted[i]))
            )
        place_in_ledger = {fact.id: row for row, fact in enumerate(self.evidence)}
        table = pd.DataFrame(rows, columns=columns)
        return table.sort_values(
            "fact", key=lambda ids: ids.map(place_in_ledger), ignore_index=True
        )

    def influence(self) -> pd.DataFrame:
        """What each fact does to the forecast: the median without it, and by how much it moves the
        median.

        The change is that of the posterior's mode: it follows the median's change, without the
        noise of new draws. The mode is found again without a fact that moves it by half a percent
        or more; what others move is told by one linear step. The first three stand in their order.

        Returns
        -------
        DataFrame
            Columns fact, period, without, change_percent (what the fact moved); the largest movers
            first.

        Raises
        ------
        EvidenceError
            Of a forecast that was not made from facts.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> sorted(forecast.influence()["fact"])
        ['fact 1', 'fact 2']
        """
        return self._influence.copy()

    @cached_property
    def _influence(self) -> pd.DataFrame:
        request, periods = self.request, self.periods
        question = ("influence", *request.key, str(periods))
        stored = made_once(lambda: {"moves": request.each_left_out(periods)}, *question)
        facts = pd.Index([o.name for o in self._fit[0]], name="fact")
        changes = pd.DataFrame(stored["moves"], facts, self._index).reset_index()
        table = changes.melt("fact", var_name="period", value_name="change_percent")
        table["change_percent"] = 100 * np.expm1(table["change_percent"])
        median = np.repeat(self._totals_median, len(changes))
        table.insert(2, "without", median / (1 + table["change_percent"] / 100))
        ordered = table.sort_values("change_percent", key=np.abs, ascending=False, kind="stable")
        return ordered.reset_index(drop=True)

    def effects(self) -> pd.DataFrame:
        """What each policy does to each month of the path.

        Returns
        -------
        DataFrame
            One row a policy and month that it moves by half a percent or more: policy (its id),
            kind, month, effect_percent (the median, of the month's flow without it), low and high
            (80 %).

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> duty = pd.DataFrame({"kind": ["ends"], "start": ["2024-01-01"], "price_share": [0.15]})
        >>> forecast = forecast_flow(facts, periods=[year(2024)], market_size=300_000, draws=200,
        ...                          policies=duty)
        >>> table = forecast.effects().set_index("month")["effect_percent"]
        >>> bool(table["2023-12"] > 0 > table["2024-01"])
        True
        """
        return self._effects.copy()

    @cached_property
    def _effects(self) -> pd.DataFrame:
        labels = [month.label for month in self.months]
        tables = [pd.DataFrame(columns=["policy", "kind", "month", *EFFECT])]
        for row, logs in self._by_policy():
            table = percent_of(logs, labels).assign(policy=row.id, kind=row.kind)
            visible = table[[*EFFECT]].abs().max(axis=1) >= LEAST_EFFECT
            tables.append(table[visible].rename_axis("month").reset_index())
        return pd.concat(tables[1:] or tables, ignore_index=True)[tables[0].columns]

    def quotas(self) -> pd.DataFrame:
        """On which day each quota is used up.

        Returns
        -------
        DataFrame
            One row a quota: policy (its id), start, quota (vehicles), low, median and high (days
            with 80 % between low and high; empty where it lasts to its end), used_up (the
            probability that it is used up at all).

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> quota = pd.DataFrame({"kind": ["quota"], "start": ["2023-01-01"], "quota": [1500]})
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200,
        ...                          policies=quota)
        >>> table = forecast.quotas()
        >>> bool(table["used_up"].iloc[0] > 0.9), table["median"].iloc[0].year
        (True, 2023)
        """
        return quota_table(self.monthly, self.months, self.request.quotas)

    def without_policies(self) -> Array:
        """The flow by month as it would be without the policies: shape (draws, months).

        Returns
        -------
        ndarray
            As ``monthly``.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> bool((forecast.without_policies() == forecast.monthly).all())
        True
        """
        return self.monthly * np.exp(-sum(logs for _, logs in self._by_policy()))

    def _by_policy(self) -> list[tuple[Policy, Array]]:
        """Each policy, and what it adds to the log flow of each month, by draw."""
        return self.policies.moves(self.sizes, _numbers_of(self))

    def analogues(self) -> pd.DataFrame:
        """The markets that went before: every market-year of the panel at about this share, with
        its growth in the year after, and below them what this forecast says.

        Returns
        -------
        DataFrame
            Columns market, year, sales, share (0..1 of new vehicles), before and growth (in the
            year before and in the year after; 1 where sales doubled), source, low and high (80 %,
            of the forecast alone). By growth; the last row is this forecast, from the year before
            its first period, or its first year where it begins with that. Market-years whose next
            year was not over by then are left out. The panel is the IEA's (CC BY 4.0), rounded by
            it to two digits.

        Raises
        ------
        EvidenceError
            Where no market size is known, so that there is no share.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 3000, 2022: 3000}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> table = forecast.analogues()
        >>> bool((table["growth"][:-1] > 0.5).mean() > 0.4), int(table["year"].iloc[-1])
        (True, 2022)
        """
        if self.market is None:
            raise EvidenceError(
                "the size of the market is not known, so there is no share by which markets could "
                "be compared; give market_size"
            )
        start_year = self.months[0].start.year
        base_year = max(self.periods[0].start.year - 1, start_year)
        flows = sums_of_years(self.monthly)
        market = sums_of_years(self.market)
        column = base_year - start_year
        share = float(np.median(flows[:, column] / market[:, column]))
        growth = flows[:, 1:] / flows[:, :-1] - 1
        low, middle, high = np.quantile(growth[:, column], RANGE_LEVELS)
        forecast_row = {"market": self.place or "this market", "year": base_year, "share": share}
        forecast_row |= {
            "sales": np.median(flows[:, column]),
            "growth": middle,
            "low": low,
            "high": high,
        }
        if column > 0:
            forecast_row["before"] = np.median(growth[:, column - 1])
        panel = pd.read_csv(DATA / ANALOGUES)
        panel = panel[panel.pop("perimeter") == self.request.prior.perimeter]
        distance = np.abs(log_odds(panel["share"].to_numpy()) - log_odds(share))
        is_analogue = (distance < MAX_SHARE_DISTANCE) & (panel["year"] < base_year)
        neighbours = panel[is_analogue].sort_values("growth")
        return pd.concat([neighbours, pd.DataFrame([forecast_row])], ignore_index=True)

    def contraction(self) -> pd.Series:
        """How far the facts narrow the forecast: 1 less the ratio of the spread of the log flow
        with them to that without them, over the same years.

        0 means that all is the prior's, 1 that all is the facts'; below 0 they widen the forecast.
        Where no market size is known, both use the first total: without it there is no scale.

        Returns
        -------
        Series
            Up to 1, by period.

        Raises
        ------
        EvidenceError
            Of a forecast that was not made from facts.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> bool(forecast.contraction().between(0, 1).all())
        True
        """
        return self._contraction.copy()

    @cached_property
    def _contraction(self) -> pd.Series:
        request = self.request
        facts = self._fit[0]
        order = sorted(
            range(len(facts)), key=lambda i: not facts[i].is_count or abs(facts[i].bound)
        )
        scale = tuple(order[:1]) if request.market_size is None else ()
        prior_request = replace(request, periods=self.periods, rows=scale)
        prior_spread = made_once(
            lambda: {"spread": prior_request.answer()._log_totals.std(axis=1)},
            "spread without facts",
            *prior_request.key,
        )["spread"]
        ratio = self._log_totals.std(axis=1) / prior_spread
        return pd.Series(1 - ratio, index=self._index, name="contraction")

    def random_error(self) -> pd.Series:
        """How far the random numbers alone move each median: its standard error, as a share of it.

        It is half the distance between the quantiles one standard error of a proportion,
        0.5 / sqrt(n), below and above the median, with n the effective number of draws.

        Returns
        -------
        Series
            Above 0, by period; the digits of a median beyond it say nothing.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> bool(forecast.random_error().between(0, 0.2).all())
        True
        """
        step = 0.5 / np.sqrt(float(str(self.diagnostics["ess"])))
        low, high = np.quantile(self._log_totals, (0.5 - step, 0.5 + step), axis=1)
        return pd.Series(np.expm1((high - low) / 2), index=self._index, name="random_error")

    @takes(EvidenceError, evidence=EVIDENCE)
    def update(self, evidence: Ledger | pd.DataFrame) -> FlowForecast:
        """The next forecast: the same question with more facts.

        Parameters
        ----------
        evidence : Ledger, DataFrame, Series, mapping or list of tables
            The new facts, as :func:`forecast_flow` takes them. Those of a table that does not say
            what it counts are of this forecast's measure, place and basis.

        Returns
        -------
        FlowForecast
            Of the same periods.

        Raises
        ------
        LedgerError
            Where a new fact has the id of another one.

        Examples
        --------
        >>> from forecasting.evidence.ledger import fact
        >>> from forecasting.growth.flow import forecast_flow
        >>> forecast = forecast_flow({2021: 809, 2022: 2180}, [2023], market_size=3e5, draws=200)
        >>> later = forecast.update(fact("2023-01/2023-04", 2544))
        >>> len(later.evidence), forecast.news(later)["fact"].tolist()
        (3, ['fact 3'])
        """
        facts = self.evidence + self._more(evidence)
        return self.request.with_facts(facts, self.periods).answer()

    def _more(self, evidence: Ledger | pd.DataFrame) -> Ledger:
        """New facts; what a table does not say of them is as in this forecast."""
        if isinstance(evidence, pd.DataFrame):
            names = ("measure", "place", "basis")
            unsaid = {name: getattr(self, name) for name in names if name not in evidence}
            evidence = evidence.assign(**{name: word for name, word in unsaid.items() if word})
        return ledger_of(evidence, len(self.evidence))

    @takes(EvidenceError, evidence=NEWS)
    def news(self, evidence: Ledger | pd.DataFrame | FlowForecast) -> pd.DataFrame:
        """What each new fact moved in the forecast: the facts are added one by one, as they were
        published.

        First and last medians are of the draws; what lies between moves as the posterior's mode
        does, so that a fact that says nothing new moves nothing.

        Parameters
        ----------
        evidence : Ledger, DataFrame, Series, mapping, list of tables or FlowForecast
            The new facts, as :meth:`update` takes them, or a later forecast that has them.

        Returns
        -------
        DataFrame
            One row per fact and period: median before and after, and the revision; revisions of a
            period sum to the whole.

        Raises
        ------
        EvidenceError
            Where the forecast holds no evidence to add to.

        Examples
        --------
        >>> from forecasting.growth.flow import annual_totals, forecast_flow
        >>> from forecasting.vocabulary.periods import year
        >>> facts = annual_totals(pd.Series({2021: 809, 2022: 2180}))
        >>> forecast = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
        >>> more = pd.DataFrame({"relation": "equals", "quantity": "total",
        ...     "period_start": ["2023-01-01"], "period_end": "2023-04-30", "value": 2544})
        >>> forecast.news(more)[["fact", "period"]].values.tolist()
        [['fact 3', '2023']]
        """
        if isinstance(evidence, FlowForecast):
            ids = {fact.id for fact in self.evidence}
            evidence = Ledger(fact for fact in evidence.evidence if fact.id not in ids)
        facts = sorted(
            self._more(evidence),
            key=lambda fact: fact.known_from or dt.date.min,
        )
        requests = [
            self.request.with_facts(self.evidence + Ledger(facts[:n]), self.periods)
            for n in range(len(facts) + 1)
        ]
        total_revision = requests[-1].answer()._log_median - self._log_median
        revisions = np.diff([request.at_mode(self.periods) for request in requests], axis=0)
        share = np.abs(revisions) + 1e-9
        revisions += (total_revision - revisions.sum(axis=0)) * share / share.sum(axis=0)
        revised = np.exp(self._log_median + revisions.cumsum(axis=0))
        previous = np.vstack([np.exp(self._log_median), revised[:-1]])
        rows = [
            (fact.id, label, previous[i, j], revised[i, j], revised[i, j] - previous[i, j])
            for i, fact in enumerate(facts)
            for j, label in enumerate(self._index)
        ]
        return pd.DataFrame(rows, columns=["fact", "period", "before", "after", "revision"])


def _numbers_of(forecast: FlowForecast) -> Indices:
    return numbers_of(forecast.months[0].start.year, len(forecast.months))


def changed_policy(
    forecast: FlowForecast,
    policy: str,
    start: Array,
    size: Array,
    normal: Array,
    end: dt.date | None = None,
) -> Array:
    """By how much the log of each month's flow changes where a policy comes otherwise.

    Buyers act on what is known: nothing changes before the day that had been decided, or before an
    earlier new day, which comes without notice. Buyers who rushed for a cancelled date still drop
    out afterwards; only the lasting part of the effect does not come. A policy that the forecast
    does not know, of another place or without a size, is added; one that `begins` is a privilege in
    force, and is ended.

    Parameters
    ----------
    forecast : FlowForecast
        Without the change.
    policy : str
        Its id.
    start : ndarray, shape (draws,)
        Ordinal day on which it comes in each draw; a number beyond the calendar means never.
    size : ndarray, shape (draws,)
        Factor on its effect.
    normal : ndarray, shape (draws, 3)
        Standard normal numbers, for the effect of a policy that the forecast does not know.
    end : datetime.date, optional
        The last day of the effect, in place of the policy's own.

    Returns
    -------
    ndarray, shape (draws, months)
    """
    policies = forecast.policies
    months = _numbers_of(forecast)
    matches = [
        pair for pair in policies.with_draws(forecast.sizes) if policy in pair[0].id.split(", ")
    ]
    old_parts = np.zeros((*forecast.monthly.shape, 3))
    if matches:
        row, coordinates = matches[0]
        old_parts = policies.course_of(row, months).differences(coordinates)
    else:
        row, coordinates = shipped_policies()[policy], normal
        if row.kind in ("begins", "quota"):
            row = replace(row, kind="ends", end=None)
    has_begun = months_since(row.start, months) > -1
    change = np.where(has_begun, -old_parts[..., -1], 0.0)
    for day in np.unique(start[start <= dt.date.max.toordinal()]):
        draws = start == day
        new_policy = replace(row, start=dt.date.fromordinal(int(day)), end=end or row.end)
        # Another size changes rush and fall, too; for another day, those of the old day stay
        old_effect = old_parts[draws, :, -1]
        if new_policy.start == row.start:
            old_effect = old_parts[draws].sum(axis=2)
        new_course = policies.course_of(new_policy, months)
        new_effect = new_course.differences(coordinates[draws]).sum(axis=2)
        start_day = min(row.start, new_policy.start) if matches else new_policy.start
        affected = months_since(start_day, months) > -1
        change[draws] = affected * (size[draws, None] * new_effect - old_effect)
    return change
