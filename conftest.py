"""What the examples of docstrings share: `fc`, and the `outlook` that they show."""

import re

import pytest
from _pytest.doctest import DoctestItem

OUTLOOK = "turkmenistan-baseline"


@pytest.fixture(scope="session")
def outlook_of_examples() -> object:
    """The outlook of a small market, made once for all examples."""
    import forecasting as fc

    return fc.outlook(OUTLOOK, draws=50)


@pytest.fixture(autouse=True)
def _names_of_examples(
    request: pytest.FixtureRequest, doctest_namespace: dict[str, object]
) -> None:
    """Examples that speak of `outlook` know it and `fc`."""
    item = request.node
    if not isinstance(item, DoctestItem):
        return
    doctest_namespace.clear()
    if re.search(r"\(outlook\b(?!\()", item.dtest.docstring):
        import forecasting as fc

        doctest_namespace["fc"] = fc
        doctest_namespace["outlook"] = request.getfixturevalue("outlook_of_examples")
