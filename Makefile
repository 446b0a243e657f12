# `make report` makes the reports, `make test` checks everything, `make help` lists the rest.
# Both set up .venv from the lock in binder/ first; a second run finds it ready.

PYTHON ?= python3
VENV   ?= .venv
OUT    ?= reports

BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet
UV     := $(VENV)-lock/bin/uv
LOCK   := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(LOCK_FLAGS) pyproject.toml
EXTRAS := --extra test --extra cluster --extra sktime

# The matrices here are small: more than one thread only makes them slower.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Without compiled bytecode every command would start two to three times slower.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report test lint types notebooks lab lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

report: $(VENV)/.ready ## Run every scenario in params/ and write reports/index.html
	$(BIN)/ev-forecast run --out $(OUT)

test: lint types ## Check everything: style, types, unit tests, doctests, notebooks, pages in a browser
	$(BIN)/python -m pytest

lint: $(VENV)/.test-ready ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test-ready ## Check the types
	$(BIN)/mypy

notebooks: $(VENV)/.test-ready ## Run the notebooks anew and store their outputs, after a change that moves numbers
	$(BIN)/python tests/notebooks/refresh.py

lab: $(VENV)-lab/.ready ## Open the notebooks in JupyterLab
	$(VENV)-lab/bin/jupyter lab notebooks

lock: $(UV) ## Bring the lock in line with pyproject.toml; LOCK_FLAGS=--upgrade moves every version
	echo 'setuptools>=77' | $(LOCK) - $(EXTRAS) --output-file binder/requirements-test.txt
	echo 'setuptools>=77' | $(LOCK) - --constraints binder/requirements-test.txt --output-file binder/requirements.txt

clean: ## Remove the environment, the reports and every cache
	rm -rf $(VENV) $(VENV)-lab $(VENV)-lock $(OUT) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# Each stamp lies inside the environment, so that it goes when the environment goes.
$(VENV)/.locked: binder/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is not Python 3.11 or later; name one that is, e.g. make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make environments; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) from binder/requirements.txt: a minute or two, once"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --no-deps --requirement binder/requirements.txt
	@touch $@

$(VENV)/.ready: $(VENV)/.locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test-ready: $(VENV)/.ready binder/requirements-test.txt
	@echo "Adding the tools of the tests to $(VENV): a minute or two, once"
	@$(PIP) install --require-hashes --no-deps --requirement binder/requirements-test.txt
	@touch $@

# JupyterLab has an environment of its own, and the locked one as its kernel: Lab makes every import of nbformat slower.
$(VENV)-lab/.ready: $(VENV)/.ready
	@echo "Installing JupyterLab into $(VENV)-lab: a minute, once"
	@$(PYTHON) -m venv $(VENV)-lab
	@$(VENV)-lab/bin/pip --quiet install 'jupyterlab>=4.3'
	@$(BIN)/python -m ipykernel install --prefix $(VENV)-lab --name python3 >/dev/null 2>&1
	@touch $@

$(UV):
	@$(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/pip --quiet install uv
