# `make report` makes the reports, `make test` checks everything, `make help` lists the rest.
# Both set up .venv from the lock in binder/ first; a second run finds it ready.

# The oldest and the newest Python that are promised
OLDEST := 3.11
NEWEST := 3.13
# A Python of a version that can make environments, from the path, pyenv or Debian; empty where there is none
python = $(firstword $(foreach file,python$(1) $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/$(1).*/bin/python) /usr/bin/python$(1),$(shell \
	$(file) -c 'import ensurepip, sys, venv; "%d.%d" % sys.version_info[:2] == "$(1)" and print("$(file)")' 2>/dev/null)))
ifndef PYTHON
export PYTHON := $(or $(call python,$(OLDEST)),$(call python,$(NEWEST)),python3)
endif
VENV   ?= .venv
OUT    ?= reports

BIN    := $(VENV)/bin
UV     := $(VENV)-lock/bin/uv
LOCK   := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(LOCK_FLAGS) pyproject.toml
TOOLS  := check-wheel-contents pyroma twine
TESTED := --group test --extra cluster --extra documents --extra fetch
EXTRAS := $(TESTED) --extra sktime --group docs

NEWER = $(call python,$(NEWEST))

# The matrices here are small: more than one thread only makes them slower.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Without compiled bytecode every command would start two to three times slower.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report test tests newest newest-ready quick fast lowest highest fuzz look lint types docs pictures notebooks lab licences links dist dist-check lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

report: $(VENV)/.ready ## Run every scenario in params/ and write reports/index.html
	$(BIN)/ev-forecast run --out $(OUT)

test: ## Check everything: style, types, unit tests, doctests, notebooks, pages in a browser
	@$(MAKE) --no-print-directory --jobs=3 lint $(VENV)-lab/.ready newest-ready
	@$(MAKE) --no-print-directory newest TEST_FLAGS=--numprocesses=2
	@$(MAKE) --no-print-directory --jobs=2 types tests

# A goal in the environment of the newest Python, beside that of the oldest
define on-newest
	if ls -d $(VENV)/lib/python$(NEWEST) >/dev/null 2>&1; then \
		echo "$(VENV) has Python $(NEWEST): everything is tested on it, and nothing on Python $(OLDEST)"; \
	elif [ -z "$(NEWER)" ]; then echo "Python $(NEWEST) cannot be had here: nothing is tested on it"; \
	else $(MAKE) --no-print-directory $(1) PYTHON="$(NEWER)" VENV=$(VENV)-$(NEWEST) UV=$(UV); fi
endef

newest: $(VENV)/.test-ready ## Run the tests that are not slow on the newest Python that is promised
	+@$(call on-newest,fast)

newest-ready: $(VENV)/.test-ready
	+@$(call on-newest,$(VENV)-$(NEWEST)/.test-ready)

# Three at once on two processors, as some wait for a browser or a server
tests: $(VENV)/.test-ready
	$(BIN)/python -m pytest --numprocesses=3 --dist=loadfile --no-loadscope-reorder

quick: lint types fast ## Check a change within a minute: style, types, and the tests that are not slow

fast: $(VENV)/.test-ready
	$(BIN)/python -m pytest -m "not slow" $(TEST_FLAGS)

# An environment with versions that are resolved anew: its name, its Python, how, and with which extras
define resolve
	$(2) -m venv --clear $(VENV)-$(1)
	echo 'setuptools>=77' | $(UV) pip compile --quiet --python $(2) $(3) pyproject.toml - $(4) --output-file $(VENV)-$(1)/requirements.txt
	$(UV) pip install --quiet --python $(VENV)-$(1)/bin/python --requirement $(VENV)-$(1)/requirements.txt
	$(call install-package,$(VENV)-$(1))
endef

lowest: $(UV) ## Check the lowest versions that pyproject.toml allows, with the tests that are not slow
	$(call resolve,lowest,$(PYTHON),--resolution lowest-direct,$(TESTED) --extra sktime)
	# Left out: what compares the locks, schemas that pydantic words in its newest way, and values without words, of which an older
	# pydantic makes no error.
	$(VENV)-lowest/bin/python -m pytest -m "not slow" $(TEST_FLAGS) --deselect tests/test_supply.py \
		--deselect tests/test_make_data.py::test_what_ships_is_what_is_made \
		--deselect tests/vocabulary/test_door.py::test_hostile_values_are_used_or_refused \
		--deselect tests/vocabulary/test_door.py::test_a_class_that_is_called_with_anything_refuses_it_by_an_error_of_the_package

highest: $(UV) ## Check the highest versions that pyproject.toml allows, as `pip install` takes them, likewise
	$(call resolve,highest,$(or $(NEWER),$(PYTHON)),--resolution highest,$(TESTED))
	# Left out: sktime, which holds pandas back; what compares the locks; names of countries, which Babel changes
	$(VENV)-highest/bin/python -m pytest -m "not slow" $(TEST_FLAGS) --ignore tests/curves/test_sktime.py \
		--ignore forecasting/curves/sktime.py --deselect tests/test_supply.py --deselect tests/test_make_data.py::test_what_ships_is_what_is_made

fuzz: $(VENV)/.test-ready ## Try thousands of hostile files, others each time; FUZZ_EXAMPLES=20000 tries more, FUZZ_SEED=5 the same again
	@seed=$${FUZZ_SEED:-$$(date +%s)}; echo "the same files again: make fuzz FUZZ_SEED=$$seed"; \
	FUZZ_SEED=$$seed FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),3000) $(BIN)/python -m pytest --hypothesis-seed=$$seed \
		tests/fuzz tests/scenarios/test_random_ledgers.py

look: report $(VENV)/.test-ready ## Draw every page on one sheet, look/index.html; LOOK_BEFORE=folder shows what differs from an earlier sheet
	$(BIN)/python tests/look/sheet.py $(OUT) look $(LOOK_BEFORE)
	@echo "see look/index.html"

lint: $(VENV)/.test-ready ## Check style, format, the layers of imports, and what is unused
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/vulture

types: $(VENV)/.test-ready ## Check the types
	$(BIN)/mypy

docs: $(VENV)/.test-ready ## Build the documentation: docs/_build/html/index.html
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet docs docs/_build/html
	@echo "see docs/_build/html/index.html"

pictures: report $(VENV)/.test-ready $(VENV)-lab/.ready ## Draw the pictures of the documentation anew, after a change that moves numbers or looks
	$(BIN)/python docs/pictures.py $(OUT)

notebooks: $(VENV)/.test-ready ## Run the notebooks anew and store their outputs, after a change that moves numbers
	EV_FORECAST_CACHE= $(BIN)/python tests/notebooks/refresh.py

lab: $(VENV)-lab/.ready ## Open the notebooks in JupyterLab; LAB_ARGS="--no-browser --port 9999" passes options on
	cd notebooks && JUPYTER_CONFIG_PATH="$(CURDIR)/binder/jupyter" JUPYTER_PATH="$(CURDIR)/binder/jupyter" PLOTLY_RENDERER=plotly_mimetype \
		"$(abspath $(VENV)-lab)/bin/jupyter" lab $(LAB_ARGS)

licences: $(VENV)/.test-ready ## List the licences of all locked packages, and hold them to those that are allowed
	$(BIN)/python binder/licences.py

dist: $(VENV)/.test-ready ## Build the wheel and the source archive, the same bytes from the same commit
	$(BIN)/python binder/dist.py

dist-check: $(VENV)-lock/.tools ## Let the tools of the index look at what `make dist` has built
	$(VENV)-lock/bin/twine check --strict dist/*
	$(VENV)-lock/bin/check-wheel-contents dist/*.whl
	# Two of its ten points are the blanks of pyproject.toml: addresses of the project and of an author.
	$(VENV)-lock/bin/pyroma --min 8 dist/*.tar.gz

links: $(VENV)/.test-ready ## Say which links of the data are dead; needs a network
	$(BIN)/python benches/links.py

lock: $(UV) ## Bring the lock in line with pyproject.toml; LOCK_FLAGS=--upgrade moves every version
	echo 'setuptools>=77' | $(LOCK) - $(EXTRAS) --output-file binder/requirements-test.txt
	echo 'setuptools>=77' | $(LOCK) - --constraints binder/requirements-test.txt --output-file binder/requirements.txt
	echo 'setuptools>=77' | $(LOCK) - --extra lab --constraints binder/requirements-test.txt \
		--output-file binder/requirements-lab.txt
	printf '%s\n' $(TOOLS) | $(filter-out pyproject.toml,$(LOCK)) - --output-file binder/requirements-tools.txt
	echo uv | $(filter-out pyproject.toml,$(LOCK)) - --output-file binder/requirements-uv.txt

clean: ## Remove the environment, the reports and every cache
	rm -rf $(VENV) $(addprefix $(VENV)-,$(NEWEST) lab lock lowest highest) $(OUT) look docs/_build docs/notebooks docs/commands.md docs/api/*.rst \
		build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# Everything of a lock, by uv, which takes a tenth of the time of pip; pip knows indexes that uv was not told of
define install
	$(UV) pip install --quiet --python $(1)/bin/python --require-hashes --no-deps --requirement $(2) || \
		$(1)/bin/python -m pip install --require-hashes --no-deps --requirement $(2)
endef

# The package itself
define install-package
	$(UV) pip install --quiet --python $(1)/bin/python --no-deps --no-build-isolation --editable .
endef

# An environment from a lock
define set-up
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is not Python $(OLDEST) or later; name one that is, e.g. make PYTHON=python$(NEWEST)"; exit 1; }; \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make environments; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }; \
	echo "Setting up $(1) from $(2): a minute or two, once"; \
	$(PYTHON) -m venv $(1) && { $(call install,$(1),$(2)); }
endef

# Each stamp lies inside the environment, so that it goes when the environment goes.
$(VENV)/.locked: binder/requirements.txt | $(UV)
	@$(call set-up,$(VENV),$<)
	@touch $@

$(VENV)/.ready: $(VENV)/.locked pyproject.toml
	@$(call install-package,$(VENV))
	@touch $@

$(VENV)/.test-ready: $(VENV)/.ready binder/requirements-test.txt
	@echo "Adding the tools of the tests to $(VENV): a minute or two, once"
	@$(call install,$(VENV),binder/requirements-test.txt)
	@touch $@

# JupyterLab has an environment of its own, kernel included: Lab makes every import of nbformat slower, and plotly's figures
# and widgets draw only where Lab finds plotly's extensions beside itself.
$(VENV)-lab/.locked: binder/requirements-lab.txt | $(UV)
	@$(call set-up,$(VENV)-lab,$<)
	@touch $@

$(VENV)-lab/.ready: $(VENV)-lab/.locked pyproject.toml
	@$(call install-package,$(VENV)-lab)
	@touch $@

# What installs and makes the locks, and looks at what is to be published, is pinned as they are.
$(UV): binder/requirements-uv.txt
	@$(PYTHON) -m venv --clear $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip --quiet install --require-hashes --no-deps --requirement $<
	@touch $@

$(VENV)-lock/.tools: binder/requirements-tools.txt $(UV)
	@$(call install,$(VENV)-lock,$<)
	@touch $@
