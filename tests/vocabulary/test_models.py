"""A model that is called wrongly ends in an error of the package."""

from typing import ClassVar

import pytest
from pydantic import BaseModel

from forecasting.vocabulary.errors import InputError, LedgerError
from forecasting.vocabulary.models import CheckedCall


class Size(BaseModel, metaclass=CheckedCall):
    refusal: ClassVar[type[InputError]] = LedgerError
    low: int
    name: str = ""

    def __init__(self, **fields: object) -> None:
        if fields.get("name") == "odd":
            raise InputError("a name of the package's own")
        super().__init__(**fields)


def test_a_model_that_is_called_as_it_should_be_is_made() -> None:
    assert Size(low=3).low == 3


@pytest.mark.parametrize(
    ("values", "fields", "words"),
    [
        ((), {"low": "x"}, "Size: low Input should be a valid integer"),
        ((), {}, "Size: low Field required; give its parameters as the docstring says"),
        ((1,), {}, "Size: TypeError; give its parameters"),
    ],
)
def test_any_other_call_is_refused_by_its_class(
    values: tuple[int, ...], fields: dict[str, object], words: str
) -> None:
    with pytest.raises(LedgerError, match=words):
        Size(*values, **fields)


def test_an_error_of_the_package_stays_as_it_is() -> None:
    with pytest.raises(InputError, match=r"^a name of the package's own$"):
        Size(low=1, name="odd")
