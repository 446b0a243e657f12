"""The documentation builds without a warning, its examples run, and it has every public name."""

import contextlib
import doctest
import inspect
import math
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import norm

import forecasting as fc
from forecasting.cli import main

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("shared_forecasts")]

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").glob("**/*.md"))
COMMANDS = {
    page: re.findall(r"^ev-forecast (.+)", page.read_text(), re.MULTILINE) for page in PAGES
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "--fail-on-warning",
        "--keep-going",
        "--quiet",
        "docs",
        str(out),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_pages_are_built_and_ask_no_network(site):
    for name in ("index", "model", "tour", "api", "how-to/own-facts", "notebooks/country_outlook"):
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        assert not re.findall(r'(?:src|href)="https?://[^"]+\.(?:js|css)"', text), name
    assert "<math" in (site / "model.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        *("index", "model", "api", "api/forecasting.run", "commands", "how-to/unattended"),
        "notebooks/country_outlook",
    ],
)
def test_pages_fit_a_telephone_and_a_dark_screen(site, browser, name):
    page = browser.new_page(viewport={"width": 400, "height": 800}, color_scheme="dark")
    page.goto((site / f"{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground))) < 60
    page.close()


def test_every_public_name_is_in_the_reference(site):
    """With a page of its own, which shows the source."""
    # `Outlook` and `Fact` are others
    names = {"outlook": "outlook_function", "fact": "fact_function"}
    for name in fc.__all__:
        is_module = inspect.ismodule(getattr(fc, name))
        page = name if is_module else f"forecasting.{names.get(name, name)}"
        text = (site / "api" / f"{page}.html").read_text(encoding="utf-8")
        assert "viewcode-link" in text or name.endswith("Error"), name


def test_every_command_is_in_the_reference(site):
    text = (site / "commands.html").read_text(encoding="utf-8")
    assert [name for name in main.commands if f"Usage: ev-forecast {name} " not in text] == []
    assert text.count("--json") >= len(main.commands)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if ">>>" in page.read_text()], ids=lambda page: page.stem
)
def test_examples_give_what_they_print(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    source = "\n".join(
        re.findall(
            r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
    )
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(
        doctest.DocTestParser().get_doctest(source, {}, page.name, page.name, 0), out=told.append
    )
    assert runner.tries
    assert not runner.failures, "".join(told)


def _do(command):
    words = shlex.split(command.replace("uzbekistan", "turkmenistan"))
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, (command, done.output)


@pytest.fixture(scope="module")
def folder_of_a_reader(tmp_path_factory):
    """One scenario with its report, that of Turkmenistan, which takes a third of the time of
    Uzbekistan's, and a table of one's own.
    """
    folder = tmp_path_factory.mktemp("reader")
    (folder / "params").mkdir()
    shutil.copy(ROOT / "params" / "turkmenistan-baseline.yaml", folder / "params")
    with contextlib.chdir(folder):
        _do("run")
    return folder


@pytest.mark.parametrize(
    "page", [page for page, told in COMMANDS.items() if told], ids=lambda page: page.stem
)
def test_commands_of_a_page_work_in_their_order(page, folder_of_a_reader, tmp_path, monkeypatch):
    """As a reader would type them, but for Turkmenistan; ``fetch`` needs a network, and a cluster
    and the table that ships, with which README begins, have tests of their own.
    """
    shutil.copytree(folder_of_a_reader, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for command in COMMANDS[page]:
        words = command.partition("#")[0]
        is_elsewhere = command.startswith("fetch") or re.search("--scheduler|colombia", command)
        _do(f"{words} --help" if is_elsewhere else words)


def _narrow(noise):
    """Standard deviation of a fact that is right, and the probability of that."""
    weight, _, sd = noise[0]
    return sd, weight


def test_the_page_of_the_model_gives_the_likelihood_of_a_growth_a_stock_and_a_bound():
    """Computed here from the formulas of the page alone."""
    from forecasting.evidence.fact import Fact
    from forecasting.evidence.observation import observations_of
    from forecasting.growth.likelihood import contrast_weights

    said = {
        "place": "UZ",
        "relation": "equals",
        "period_start": "2023-01-01",
        "period_end": "2023-05-31",
    }
    (growth,) = observations_of(
        [Fact(id="a", measure="ev_imports", quantity="yoy_growth_percent", value=410.4, **said)]
    )
    assert growth.value == pytest.approx(math.log(1 + 410.4 / 100))
    assert _narrow(growth.noise) == pytest.approx(
        (math.sqrt(0.01**2 + (0.05 / 510.4) ** 2 / 3), 0.98)
    )
    weights, _, spreads = zip(*growth.noise[1:], strict=True)
    assert weights == pytest.approx((0.02 * 0.75, 0.02 * 0.25))
    assert spreads == (0.5, 2.5)
    numerator, denominator, _ = contrast_weights(growth, 2022, 24)
    assert numerator[12:17].tolist() == [1.0] * 5
    assert denominator[:5].tolist() == [1.0] * 5

    day = said | {"period_start": "", "period_end": "2023-12-31"}
    (stock,) = observations_of([Fact(id="b", measure="ev_stock", value=7383, **day)])
    assert _narrow(stock.noise)[0] == pytest.approx(math.sqrt(0.01**2 + 0.03**2))
    # December of the year before: one year on the road
    assert contrast_weights(stock, 2022, 24)[0][11] == pytest.approx(0.96)

    (more,) = observations_of(
        [Fact(id="c", measure="ev_imports", value=2000, **said | {"relation": "greater_than"})]
    )
    step = math.log(1 + 1000 / 2000)
    weights, means, spreads = np.array(more.noise).T
    # The first is the bound's edge, the last two are of a bound that is wrong
    steps = 0.1 * 2.0 ** np.arange(12)
    height = np.where(np.arange(12) <= 3, 6.0, steps**-0.6)
    beyond = 0.98 * height * steps / (height * steps)[:4].sum()
    assert weights == pytest.approx([0.1, *beyond, 0.004, 0.0002])
    assert means == pytest.approx([0.02, *(steps * step), 0, 0])
    assert spreads == pytest.approx([0.02, *(0.3 * steps * step), 0.5, 2.5])

    def density(distance):
        return (weights * norm.pdf(distance * step, means, spreads))[:-2].sum()

    assert density(0.5) == pytest.approx(density(0.8), rel=0.3)
    assert density(20.0) / density(10.0) == pytest.approx(2**-0.6, rel=0.1)


def test_the_page_of_the_model_gives_the_noise_of_what_else_is_printed():
    from forecasting.evidence.fact import Fact
    from forecasting.evidence.observation import observations_of
    from forecasting.growth.likelihood import contrast_weights

    def told(**columns):
        row = {
            "id": "a",
            "measure": "ev_imports",
            "place": "UZ",
            "relation": "equals",
            "value": 200.0,
        }
        days = {"period_start": "2023-01-01", "period_end": "2023-12-31"}
        (observation,) = observations_of([Fact(**row | days | columns)])
        return observation

    counted = 0.01**2
    assert _narrow(told().noise)[0] == pytest.approx(math.sqrt(counted))
    assert _narrow(told(kind="estimate").noise)[0] == pytest.approx(math.sqrt(counted + 0.03**2))
    difference = told(quantity="yoy_difference", value=-50.0)
    assert (difference.constant, difference.value, *_narrow(difference.noise)) == (
        50,
        0,
        0.015,
        0.95,
    )
    numerator, denominator, _ = contrast_weights(difference, 2022, 24)
    assert numerator[:12].tolist() == denominator[12:24].tolist() == [1.0] * 12
    day = told(quantity="per_day", value=10.0)
    assert (math.exp(day.value), *_narrow(day.noise)) == pytest.approx((3650, 0.05, 0.98))
    none = told(value=0.0)
    assert (math.exp(none.value), _narrow(none.noise)[0]) == pytest.approx((0.5, 0.8))
