"""The errors of the package, one tree.

ForecastingError
├── InputError (also ValueError)      what was given is wrong; exit status 2
│   ├── PeriodError                   a date or a period that cannot be read
│   ├── ScenarioError                 a params file that breaks its schema
│   ├── EvidenceError                 facts that cannot carry a forecast
│   │   └── LedgerError               facts that break the rules of a ledger
│   ├── ModelError                    a model asked for something it has not
│   └── AssumptionError               a parameter of the demand chain out of its range
└── RunError                          a run of a report, or an outside source, that failed;
                                      exit status 1
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from forecasting.vocabulary.limits import (
    MAX_MESSAGE_CHARACTERS,
    MAX_PROBLEM_CHARACTERS,
    MAX_PROBLEMS,
)
from forecasting.vocabulary.sentences import sentence


def visible(text: str) -> str:
    r"""Text without what a terminal would act on, or a reader would not see: such characters as
    their escapes.

    Examples
    --------
    >>> visible("a" + chr(27) + "[31m"), visible("two" + chr(10) + "lines")
    ('a\\x1b[31m', 'two\nlines')
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text
    )


def shortened(text: str, longest: int = MAX_PROBLEM_CHARACTERS) -> str:
    """A message whose beginning and end are kept: what was wrong, and the next move."""
    text = visible(text)
    return text if len(text) <= longest else f"{text[: longest - 105]} ... {text[-100:]}"


def in_digits(value: float) -> str:
    """A number as people write it in a message; beyond a thousand trillions, as a power of ten.

    Examples
    --------
    >>> in_digits(20_000_000.0), in_digits(-0.05), in_digits(2.5), in_digits(1e30)
    ('20,000,000', '-0.05', '2.5', '1e+30')
    """
    if abs(value) < 10_000:
        return f"{value:.6g}"
    if abs(value) < 100_000:
        return f"{value:,.6g}"
    return f"{value:,.0f}" if abs(value) < 1e16 else f"{value:g}"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: where it is, what is wrong, and what to do about it.

    Parameters
    ----------
    where : str
        File with line or key path, e.g. ``facts.csv:12 value`` or ``uz.yaml drivers[0].start``.
    fault : str
        What is wrong, with the offending value.
    hint : str
        The next move: the nearest right name, the allowed range.

    Examples
    --------
    >>> print(Problem("facts.csv:12 value", "-5 is negative", "counts are 0 or more"))
    facts.csv:12 value: -5 is negative (counts are 0 or more)
    """

    where: str
    fault: str
    hint: str = ""

    def __str__(self) -> str:
        return shortened(sentence("{where}: {fault}[ ({hint})]", **vars(self)))


class ForecastingError(Exception):
    """Root of every error that the package raises on purpose."""

    @property
    def hint(self) -> str:
        """The next move; empty where the message names none.

        Examples
        --------
        >>> RunError("another run holds reports; wait for it, or give another --out").hint
        'wait for it, or give another --out'
        """
        return str(self).partition("; ")[2]


class InputError(ForecastingError, ValueError):
    """An input is wrong. Carries every problem found, not only the first.

    Parameters
    ----------
    problems : str or sequence of Problem
        One message, or all problems that one check found.

    Examples
    --------
    >>> error = InputError([Problem("a.csv:2 unit", "'cars' is unknown", "vehicles")])
    >>> len(error.problems), str(error)
    (1, "a.csv:2 unit: 'cars' is unknown (vehicles)")
    """

    def __init__(self, problems: str | Sequence[Problem]) -> None:
        if isinstance(problems, str):
            self.problems: tuple[Problem, ...] = ()
            super().__init__(shortened(problems, MAX_MESSAGE_CHARACTERS))
        else:
            self.problems = tuple(problems)
            lines = [str(problem) for problem in self.problems[:MAX_PROBLEMS]]
            further = self.problems[MAX_PROBLEMS:]
            if len(further) == 1:  # says as much in one line as that there is one
                lines.append(str(further[0]))
            elif further:
                lines.append(f"and {len(further):,} more problems")
            super().__init__("\n".join(lines))

    @property
    def hint(self) -> str:
        """The next move, of each problem that names one; empty where none does."""
        if not self.problems:
            return super().hint
        return "; ".join(problem.hint for problem in self.problems if problem.hint)

    @classmethod
    def at(cls, where: object, fault: str, hint: str = "") -> Self:
        """The error of one problem.

        Parameters
        ----------
        where : str or Path
            File with line or key path.
        fault : str
            What is wrong, with the offending value.
        hint : str
            The next move.

        Returns
        -------
        InputError
            Of the class that is asked.

        Examples
        --------
        >>> print(InputError.at("a.csv:2 unit", "'cars' is unknown", "vehicles"))
        a.csv:2 unit: 'cars' is unknown (vehicles)
        """
        return cls([Problem(str(where), fault, hint)])


class PeriodError(InputError):
    """A date or a period that cannot be read."""


class ScenarioError(InputError):
    """A params file that breaks its schema."""


class EvidenceError(InputError):
    """Facts that cannot carry the forecast that was asked for."""


class LedgerError(EvidenceError):
    """Facts that break the rules of a ledger."""


class ModelError(InputError):
    """A growth model asked for something it has not, or given a series it cannot fit."""


class AssumptionError(InputError):
    """A parameter of the demand chain out of its range."""


class RunError(ForecastingError):
    """A report run, or an outside source, that failed."""


# A traceback shows an error by its public name, wherever the error is defined.
for public_error in (
    ForecastingError,
    InputError,
    PeriodError,
    ScenarioError,
    EvidenceError,
    LedgerError,
    ModelError,
    AssumptionError,
    RunError,
):
    public_error.__module__ = "forecasting"
