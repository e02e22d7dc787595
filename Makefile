# Two commands are enough: `make demo` and `make test`. Each sets up what it needs, says what it does, and is
# instant the second time. What they run is in tools/; versions are pinned in requirements/lock*.txt.
# Another Python: make PYTHON=/path/to/python3.12 demo

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check check-lint check-types check-imports check-wheel check-names screenshots soak fuzz bench \
        lock lock-check sbom audit clean system-demo system-tests

BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --no-input --disable-pip-version-check
# A test that hangs ends after five minutes, with the place where it hung.
PYTEST := $(BIN)/python -m pytest --timeout=300
export PIP_ROOT_USER_ACTION := ignore
# Debian keeps Orthanc in sbin, which a plain user's PATH leaves out.
export PATH := $(PATH):/usr/sbin
# Options for pytest, for example: make test T="tests/house -x"
T ?=
# Groups of figures, for example: make bench B=pixels
B ?=

help:  ## these lines
	@sed -n 's/^\([a-z][a-z -]*\):.*## /  make \1|/p' Makefile | while IFS='|' read -r name words; do \
	    printf '%-20s %s\n' "$$name" "$$words"; done

demo: system-demo .stamps/runtime  ## set up, then open the program on a practice PACS (no display: pictures in demo-out/)
	@$(BIN)/python -m tools.demo

test: system-tests .stamps/tests  ## set up with the test peers (Orthanc, DCMTK ...), then run the tests
	@$(if $(T),$(BIN)/python -m tools.display $(PYTEST),$(BIN)/python -m tools.run_tests --timeout=300) -m "not slow" $(T)

check: check-lint check-types check-imports check-wheel check-names  ## ruff, mypy, import contracts, wheel against tree, names

check-lint: .stamps/tests
	@echo "ruff: style and common errors"
	@$(BIN)/ruff check --quiet .

check-types: .stamps/tests
	@echo "mypy: types, strict"
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/mypy --no-error-summary tools

check-imports: .stamps/tests
	@echo "lint-imports: who may import whom"
	@$(BIN)/lint-imports --config setup.cfg --no-cache > .stamps/imports.txt 2>&1 || { cat .stamps/imports.txt; exit 1; }

check-wheel: .stamps/tests
	@echo "wheel against tree: every module is shipped, nothing else is"
	@$(BIN)/python -m tools.wheel_tree

check-names: .stamps/tests
	@echo "top-level names: none that another installed package also has"
	@$(BIN)/python -m tools.top_level_names

screenshots: system-tests .stamps/runtime  ## pictures of the real window (phantom only) into docs/pictures/
	@$(BIN)/python -m tools.display $(BIN)/python -m tools.screenshots docs/pictures

soak fuzz: system-tests .stamps/tests  ## long forms: tests marked slow with that word in their name
	@$(BIN)/python -m tools.display $(PYTEST) -s -m slow -k $@ $(T)

bench: system-tests .stamps/tests  ## figures against peers and floors into docs/benchmarks.md (one group: B=pixels)
	@$(BIN)/python -m tools.display $(BIN)/python -m tools.bench $(B)

lock: .stamps/tests  ## make requirements/lock*.txt again from the ranges in setup.cfg (UPGRADE=1: newest versions)
	@$(BIN)/python -m tools.lock write $(if $(UPGRADE),--upgrade)

lock-check: .stamps/tests  ## ask the package index whether the lock holds on Python 3.11, 3.12, 3.13 (needs the network)
	@$(BIN)/python -m tools.lock check

sbom: .stamps/tests  ## docs/sbom.cdx.json and docs/licences.md: what the program is made of
	@$(BIN)/python -m tools.sbom

audit: .stamps/tests  ## known faults of the locked packages (pip-audit; needs the network, says so without it)
	@$(BIN)/pip-audit --progress-spinner off --no-deps --disable-pip -r requirements/lock.txt || { echo \
	    "pip-audit found faults, or could not reach the list of faults: read the lines above."; exit 1; }

clean:  ## remove everything that make made here, .venv too
	@rm -rf .venv .stamps build dist demo-out *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- set-up ----
# System packages are looked for each time (a tenth of a second): a stamp would not know that one went away.

system-demo:
	@python=$$(sh tools/find_python.sh) && $$python -m tools.system_packages python window display

system-tests:
	@python=$$(sh tools/find_python.sh) && $$python -m tools.system_packages python window tests

# pyvenv.cfg and not bin/python: that is a link whose date is the system's Python's.
.venv/pyvenv.cfg:
	@python=$$(sh tools/find_python.sh) && $$python -m tools.system_packages python && \
	    echo "Making .venv with $$($$python --version)" && $$python -m venv --clear .venv

.stamps/runtime: requirements/lock.txt setup.cfg pyproject.toml .venv/pyvenv.cfg
	@echo "Installing the pinned Python packages of $< into .venv (1.2 GB; a few minutes the first time)"
	@$(PIP) install --no-deps -r $<
	@$(PIP) install --no-deps --no-build-isolation -e .
	@mkdir -p .stamps && touch $@

.stamps/tests: requirements/lock-tests.txt setup.cfg pyproject.toml .venv/pyvenv.cfg
	@echo "Installing the pinned Python packages of $< into .venv (1.3 GB; a few minutes the first time)"
	@$(PIP) install --no-deps -r $<
	@$(PIP) install --no-deps --no-build-isolation -e .
	@mkdir -p .stamps && touch $@
