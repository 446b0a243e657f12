"""What facts that contradict each other may mean: readings, each with a mode of its own.

A number above the known size of the market, or one that others contradict, has two explanations.
They lie far apart, and the contrasts of logs are linear about each of them in another way. A
reading says of the market's size, and of each number in strong doubt, whether it is right; readings
of the same things exclude each other, and together they are complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import softmax

from forecasting.growth.likelihood import Contrasts
from forecasting.growth.mode import Mode
from forecasting.growth.path import LatentPath

MAX_QUESTIONS = 3  # what readings may differ in, so that there are at most eight
STRONG_DOUBT = 0.2  # probability of being wrong at the mode, from which a number is a question
ANOTHER_SIZE_COORDINATE = 0.1  # at the mode; from here on the market's size is a question
MIN_PROBABILITY = 0.002  # by the height and width of its mode, below which a reading is left out


@dataclass(frozen=True, eq=False)
class Reading:
    """A reading of the facts, with its mode.

    Parameters
    ----------
    path : LatentPath
        With the size of the market right, wrong, or open.
    facts : Contrasts
        With the numbers in question right or wrong.
    """

    path: LatentPath
    facts: Contrasts

    @cached_property
    def mode(self) -> Mode:
        """The most probable path under both."""
        return Mode(self.path, self.facts).climb()

    @property
    def log_evidence(self) -> float:
        """Log probability of facts and reading by height and width of the mode (Laplace)."""
        mode = self.mode
        covariance = mode.covariance(mode.variance, mode.noise)
        log_width = np.log(mode.noise).sum() - covariance.log_determinant
        return mode.log_density() + 0.5 * float(log_width + np.log(mode.variance).sum())

    def decided(self, row: int | None, right: bool) -> Reading:
        """The same with the number of a row, or for None the market's size, right or wrong."""
        if row is not None:
            return Reading(self.path, self.facts.decided(row, right))
        same, another = self.path.size_weights
        weights = (same, 0.0) if right else (0.0, another)
        return Reading(replace(self.path, size_weights=weights), self.facts)


def readings_of(path: LatentPath, facts: Contrasts) -> tuple[list[Reading], float]:
    """The readings of some facts that are worth drawing from, the most probable first, and the
    probability of those that are left out.
    """
    readings = [Reading(path, facts)]
    left_out = 0.0
    rows: list[int | None] = []  # of the questions that the readings answer
    while len(rows) < MAX_QUESTIONS:
        questions = [row for reading in readings for row in _questions(reading)]
        questions = [row for row in questions if row not in rows]
        if not questions:
            break
        rows.append(questions[0])
        answers = [
            reading.decided(rows[-1], right) for reading in readings for right in (True, False)
        ]
        readings, left_out = _probable(answers)
    return readings, left_out


def _questions(reading: Reading) -> list[int | None]:
    """None for the market's size where that is in question, else rows in strong doubt."""
    mode, facts = reading.mode, reading.facts
    size = float(np.abs(mode.x[reading.path.columns["another_size"]]).sum())
    if min(reading.path.size_weights) > 0 and size > ANOTHER_SIZE_COORDINATE:
        return [None]
    doubt = np.where(facts.exact, facts.doubt(*mode.leave_one_out()), 0.0)
    order = np.argsort(-doubt, kind="stable")
    return [int(row) for row in order if doubt[row] > STRONG_DOUBT]


def _probable(readings: Sequence[Reading]) -> tuple[list[Reading], float]:
    """The readings worth drawing from, the most probable first, and the others' probability."""
    probability = softmax(np.array([reading.log_evidence for reading in readings]))
    order = np.argsort(-probability, kind="stable")
    order = order[probability[order] >= MIN_PROBABILITY]
    return [readings[i] for i in order], float(1 - probability[order].sum())
