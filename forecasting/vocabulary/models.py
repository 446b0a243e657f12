"""A public class that checks what it is called with."""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from forecasting.vocabulary.errors import ForecastingError, InputError

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass as _MetaOfModels
else:
    _MetaOfModels = type(BaseModel)


class CheckedCall(_MetaOfModels):
    """The class of models whose calls end in an error of the package; a model that is read from a
    file has errors with their places, and goes another way.
    """

    refusal: type[InputError]

    def __call__(cls, *values: Any, **fields: Any) -> Any:
        """Make a model."""
        try:
            return super().__call__(*values, **fields)
        except ForecastingError:
            raise
        except ValidationError as error:
            fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
            place = ".".join(map(str, fault["loc"]))
            words = " ".join(filter(None, [place, fault["msg"]]))
        except Exception as error:  # values of any kind are compared and shown on the way
            words = type(error).__name__
        raise cls.refusal(f"{cls.__name__}: {words}; give its parameters as the docstring says")
