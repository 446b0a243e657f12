"""What facts that contradict each other may mean: hypotheses, each with a mode of its own.

A number above the known size of the market, or one that others contradict, has two explanations.
They lie far apart, and the contrasts of logs are linear about each of them in another way. A
hypothesis says of the market's size, and of each number in strong doubt, whether it is right;
hypotheses on the same things exclude each other, and together they are complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import softmax

from forecasting.growth.likelihood import Contrasts
from forecasting.growth.linear_model import ComponentDraws, LinearModel
from forecasting.growth.mode import Mode
from forecasting.growth.path import LatentPath

MAX_QUESTIONS = 3  # what hypotheses may differ in, so that there are at most eight
STRONG_DOUBT = 0.2  # probability of being wrong at the mode, from which a number is a question
ANOTHER_SIZE_COORDINATE = 0.1  # at the mode; from here on the market's size is a question
MIN_PROBABILITY = 0.002  # in its linear model, below which a hypothesis is left out


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """A hypothesis on the facts, with its mode.

    Parameters
    ----------
    path : LatentPath
        With the size of the market right, wrong, or open.
    facts : Contrasts
        With the numbers in question right or wrong.
    rng : Generator
        Seeded.
    """

    path: LatentPath
    facts: Contrasts
    rng: np.random.Generator

    @cached_property
    def mode(self) -> Mode:
        """The most probable path under both."""
        return Mode(self.path, self.facts).climb()

    @cached_property
    def linear(self) -> LinearModel:
        """The model made linear about that."""
        return LinearModel(self.mode)

    @cached_property
    def components(self) -> ComponentDraws:
        """Draws of the components of its mixtures, which tell how probable it is."""
        return ComponentDraws(self.linear, self.rng)

    def decided(self, row: int | None, right: bool) -> Hypothesis:
        """The same with the number of a row, or for None the market's size, right or wrong."""
        if row is not None:
            return replace(self, facts=self.facts.decided(row, right))
        same, another = self.path.size_weights
        weights = (same, 0.0) if right else (0.0, another)
        return replace(self, path=replace(self.path, size_weights=weights))


def hypotheses_of(
    path: LatentPath, facts: Contrasts, rng: np.random.Generator
) -> tuple[list[Hypothesis], float]:
    """The hypotheses on some facts that are worth drawing from, the most probable first, and the
    probability of those that are left out.
    """
    hypotheses = [Hypothesis(path, facts, rng)]
    left_out = 0.0
    rows: list[int | None] = []  # of the questions that the hypotheses answer
    while len(rows) < MAX_QUESTIONS:
        questions = [row for hypothesis in hypotheses for row in _questions(hypothesis)]
        questions = [row for row in questions if row not in rows]
        if not questions:
            break
        rows.append(questions[0])
        answers = [
            hypothesis.decided(rows[-1], right)
            for hypothesis in hypotheses
            for right in (True, False)
        ]
        hypotheses, left_out = _probable(answers)
    return hypotheses, left_out


def _questions(hypothesis: Hypothesis) -> list[int | None]:
    """None for the market's size where that is in question, else rows in strong doubt."""
    mode, facts = hypothesis.mode, hypothesis.facts
    size = float(np.abs(mode.x[hypothesis.path.columns["another_size"]]).sum())
    if min(hypothesis.path.size_weights) > 0 and size > ANOTHER_SIZE_COORDINATE:
        return [None]
    doubt = np.where(facts.exact, facts.doubt(*mode.leave_one_out()), 0.0)
    order = np.argsort(-doubt, kind="stable")
    return [int(row) for row in order if doubt[row] > STRONG_DOUBT]


def _probable(hypotheses: Sequence[Hypothesis]) -> tuple[list[Hypothesis], float]:
    """The hypotheses worth drawing from, the most probable first, and the others' probability."""
    probability = softmax(
        np.array([hypothesis.components.log_evidence for hypothesis in hypotheses])
    )
    order = np.argsort(-probability, kind="stable")
    order = order[probability[order] >= MIN_PROBABILITY]
    return [hypotheses[i] for i in order], float(1 - probability[order].sum())
