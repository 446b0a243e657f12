"""Columns that remember how they were computed: their numbers are numpy's, and their formulas a
workbook's.
"""

import numpy as np
import pytest

from forecasting.demand.symbols import (
    Cell,
    Label,
    Node,
    SharedTable,
    Symbols,
    by_row,
    labelled,
    operation,
    reachable,
    render,
)

STOCK, FLOW = np.array([[3.0, 8.0], [5.0, 2.0]]), np.array([[4.0, 1.0], [2.0, 2.0]])


def columns(name, table):
    return Symbols([Node(column, f"{name}{n}", ()) for n, column in enumerate(table.T)], len(table))


def formula(table, place=0):
    return render(table.columns[place], lambda part: "" if part.parts else part.formula)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (lambda a, b: a - (b - 1.0), "a0-(b0-1)"),
        (lambda a, b: (a + b) / (a * b), "(a0+b0)/(a0*b0)"),
        (lambda a, b: -(a**2.0) + b, "-a0^2+b0"),
        (lambda a, b: (a + b) ** -0.5, "(a0+b0)^(-0.5)"),
        (lambda a, b: np.exp(-a) * b, "EXP(-a0)*b0"),
        (lambda a, b: np.ceil(np.log(a + b)), "ROUNDUP(LN(a0+b0),0)"),
        (lambda a, b: np.minimum(np.maximum(a, b), 4.0), None),
        (lambda a, b: np.where(a > b, a, 2.0 * b), "IF((a0>b0),a0,b0*2)"),
        (lambda a, b: np.clip(a / b, 1.0, None), "IF(a0/b0>1,a0/b0,1)"),
        (lambda a, b: np.where(a <= b, 1.0, 0.0) + np.where(a >= b, 2.0, 0.0), None),
        (lambda a, b: np.diff(a, axis=1, prepend=0.0) * b, None),
        (lambda a, b: np.concatenate([a, b], axis=1)[:, [1, 2]] + a, None),
        (lambda a, b: a.sum(axis=1, keepdims=True) / b, None),
    ],
)
def test_a_step_has_the_numbers_of_numpy_and_a_formula(step, words):
    made = step(columns("a", STOCK), columns("b", FLOW))
    np.testing.assert_allclose(made.values, step(STOCK, FLOW))
    if words is not None:
        assert formula(made) == words


def test_multiples_of_one_column_stay_multiples():
    stock = columns("a", STOCK)
    assert formula(3.0 * stock - stock) == "a0*2"
    assert (2.0 * stock - stock).columns == stock.columns
    assert formula((4.0 * stock) / 8.0) == "a0*0.5"
    assert (3.0 * stock) / (2.0 * stock) == pytest.approx(np.full((2, 2), 1.5))
    assert formula((2.0 * stock) * (3.0 * stock)) == "a0*a0*6"


def test_what_changes_nothing_is_no_step():
    stock = columns("a", STOCK)
    for same in (stock + 0.0, 0.0 + stock, stock - 0.0, 1.0 * stock, stock / 1.0):
        assert same.columns == stock.columns
    assert operation("where", 1.0, stock.columns[0], 2.0) is stock.columns[0]
    np.testing.assert_array_equal(stock * 0.0, np.zeros((2, 2)))
    np.testing.assert_array_equal(0.0 / stock, np.zeros((2, 2)))
    assert formula(0.0 - stock) == "0-a0"


def test_the_same_operation_on_the_same_columns_is_one_node():
    stock, flow = columns("a", STOCK), columns("b", FLOW)
    once = np.exp(stock) * flow
    again = np.exp(stock) * flow
    assert once.columns == again.columns
    (made, both), uses = once.columns, reachable([*once.columns, (once + stock).columns[0]])
    assert list(uses)[-1].parts == (made, stock.columns[0])
    assert uses[stock.columns[0]] == 2
    assert uses[both] == 0


def test_a_curve_is_a_table_between_whole_points():
    grid, heights = np.array([1.0, 2.0, 4.0]), np.array([0.1, 0.3, 0.5])
    points = Symbols([Node(np.array([1.0, 1.5, 3.0, 9.0]), "points", ())], 4)
    made = np.interp(points, grid, heights)
    np.testing.assert_allclose(made.values[:, 0], [0.1, 0.2, 0.4, 0.5])
    *_, slopes = made.columns[0].parts
    np.testing.assert_allclose(slopes.numbers, [0.2, 0.1, 0.0])


def test_a_function_by_row_and_the_names_of_columns():
    stock = columns("a", STOCK)
    made = by_row("F({},{})", [stock], SharedTable("curve", np.ones(2)), 2 * STOCK)
    np.testing.assert_array_equal(made.values, 2 * STOCK)
    assert [node.by_row for node in made.columns] == [True, True]
    assert [node.parts[0] for node in made.columns] == stock.columns
    labelled("stock", made, [2030, 2031], ("car",))
    assert made.columns[1].label == Label("stock", ("car",), 2031)
    labelled("another", made)
    assert made.columns[0].label == Label("stock", ("car",), 2030)
    assert stock.columns[0].label is None


def test_what_has_no_formula_is_refused():
    stock = columns("a", STOCK)
    with pytest.raises(NotImplementedError, match="all draws have one formula"):
        stock[0, :]
    with pytest.raises(NotImplementedError, match="columns alone can be added"):
        stock.sum(axis=0, keepdims=True)
    with pytest.raises(NotImplementedError, match="tables stand side by side"):
        np.concatenate([stock, stock], axis=0)
    with pytest.raises(TypeError, match="sin"):
        np.sin(stock)


def test_a_cell_of_the_reader_stands_in_a_formula():
    size = Node(np.full(2, 7.0), "{}", (Cell("annual_km"),))
    made = columns("a", STOCK) * Symbols([size], 2)
    assert (
        render(
            made.columns[0],
            lambda part: "B2" if isinstance(part, Cell) else "" if part.parts else part.formula,
        )
        == "a0*B2"
    )
