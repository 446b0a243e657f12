"""How many small changes of the code the tests notice: a seeded sample of cosmic-ray's mutants of
each room.

pip install cosmic-ray (outside the lock), then: python benches/mutations.py [growth demand]
[--mutants 8] [--seed 1] [--slow]

Each mutant changes one operator, number, condition or loop in a copy of the repository, where the
tests that belong run: those of the room, and those elsewhere that import the module; the slow ones
if asked. A module is drawn by its size, then a place in it, then one change there, so that an
operator with ten replacements counts as one. Left out are annotations,
which no test can notice, and what any test would notice: code that does not compile, and bitwise
operators between numbers. A mutant that survives is printed with its difference: it is equivalent,
or a test is missing.
"""

import argparse
import ast
import os
import random
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cosmic_ray.commands.init import _all_work_items
from cosmic_ray.mutating import mutate_and_test, mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_item import MutationSpec, TestOutcome

ROOT = Path(__file__).parent.parent
SECONDS = 900.0
ARITHMETIC = {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow"}
BITWISE = {"BitOr", "BitAnd", "BitXor", "RShift", "LShift"}
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "*_cache", "_build", "reports")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rooms", nargs="*", help="as growth; left out: all that have tests")
    parser.add_argument("--mutants", type=int, default=8, help="of each room")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, nargs="+", help="numbers of the sample to run")
    parser.add_argument("--slow", action="store_true", help="run the slow tests as well")
    parser.add_argument(
        "--python", default=sys.executable, type=os.path.abspath, help="what runs the tests"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(ROOT, copy, dirs_exist_ok=True, ignore=LEFT_OUT)
        os.chdir(copy)
        for room in asked.rooms or sorted(
            path.name for path in Path("forecasting").iterdir() if Path("tests", path.name).is_dir()
        ):
            sample = drawn(Path("forecasting", room), asked.mutants, asked.seed)
            noticed = [run(n, sample[n], room, asked) for n in asked.only or range(len(sample))]
            print(f"{room}: {sum(noticed)} of {len(noticed)} noticed", flush=True)


def drawn(folder: Path, mutants: int, seed: int) -> list[MutationSpec]:
    modules = sorted(folder.glob("**/*.py"))
    sizes = [module.stat().st_size for module in modules]
    rng = random.Random(seed)
    chosen: dict[object, MutationSpec] = {}
    while len(chosen) < mutants:
        (module,) = rng.choices(modules, sizes)
        if not (places := places_of(module)):
            continue
        place = rng.choice(sorted(places))
        mutation = rng.choice(places[place])
        if compiles(mutation):
            chosen.setdefault((module, place), mutation)
    return list(chosen.values())


@cache
def places_of(module: Path) -> dict[tuple[object, str], list[MutationSpec]]:
    places = defaultdict(list)
    passed_over = annotations(module)
    for item in _all_work_items([module], {}):
        (mutation,) = item.mutations
        kind, *replaced = mutation.operator_name.split("_")
        annotated = any(start <= mutation.start_pos < end for start, end in passed_over)
        if not annotated and not (ARITHMETIC & {*replaced} and BITWISE & {*replaced[1:]}):
            places[mutation.start_pos, kind].append(mutation)
    return places


def compiles(mutation: MutationSpec) -> bool:
    source = mutation.module_path.read_text(encoding="utf-8")
    try:
        ast.parse(
            mutate_code(source, get_operator(mutation.operator_name)(), mutation.occurrence) or ""
        )
    except SyntaxError:
        return False
    return True


def annotations(module: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    def told() -> Iterator[ast.expr | None]:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.arg | ast.AnnAssign):
                yield node.annotation
            elif isinstance(node, ast.FunctionDef):
                yield node.returns

    return [
        ((node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0))
        for node in told()
        if node is not None
    ]


def imported(path: Path) -> set[str]:
    """The modules that tests import, and what they import of them."""
    nodes = [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    names = {f"{node.module}.{alias.name}" for node in froms for alias in node.names}
    return names | {str(node.module) for node in froms}


def run(number: int, mutation: MutationSpec, room: str, asked: argparse.Namespace) -> bool:
    module = ".".join(mutation.module_path.with_suffix("").parts)
    imports = {path: imported(path) for path in Path("tests").rglob("test_*.py")}
    tests = sorted(
        (path for path in imports if path.parent.name == room or module in imports[path]),
        key=lambda path: (
            path.stem != f"test_{mutation.module_path.stem}",
            module not in imports[path],
        ),
    )
    rules = "tests/test_architecture.py"  # of all rooms
    first = [str(mutation.module_path), *map(str, tests), rules, f"forecasting/{room}"]
    kept = [] if asked.slow else ["-m", "'not slow'"]
    command = [asked.python, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *kept, *first]
    done = mutate_and_test([mutation], " ".join(command), SECONDS)
    noticed = done.test_outcome == TestOutcome.KILLED
    operator = mutation.operator_name.removeprefix("core/")
    where = f"{mutation.module_path}:{mutation.start_pos[0]} {operator}"
    print(number, "noticed" if noticed else done.test_outcome.value.upper(), where, flush=True)
    if not noticed:
        print(
            done.diff,
            done.output[-1500:] if done.test_outcome != TestOutcome.SURVIVED else "",
            flush=True,
        )
    return noticed


if __name__ == "__main__":
    main()
