# One entry point for every chore. Only Python 3.11+ and make are needed; uv is used when it is there.
.DEFAULT_GOAL := help
.PHONY: help rank test prove check format bench bench-peers clean
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(VENV)/.run: pyproject.toml
	@sh tools/setup-venv.sh "$(VENV)" "$(PYTHON)" run
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.run
	@sh tools/setup-venv.sh "$(VENV)" "$(PYTHON)" dev
	@touch $@

rank: $(VENV)/.run ## set up what is needed and print the ranking of companies
	@$(BIN)/chainshock rank companies

test: $(VENV)/.dev ## everything but the slow tests
	$(BIN)/pytest -q -m "not slow" -n auto --dist loadfile

prove: $(VENV)/.dev ## the slow tests: kills, fuzz at size
	$(BIN)/pytest -q -m slow

check: $(VENV)/.dev ## format, lint, types, import rules, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/make_reference.py --check

format: $(VENV)/.dev ## put code in shape and write the reference pages
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python tools/make_reference.py

bench: $(VENV)/.dev ## speed ratios, measured side by side
	$(BIN)/python benchmarks/command_time.py
	$(BIN)/python benchmarks/calibration.py
	PYTHONPATH=. $(BIN)/python benchmarks/cascade.py
	$(BIN)/python benchmarks/removals.py
	$(BIN)/python benchmarks/loaders.py
	PYTHONPATH=. $(BIN)/python benchmarks/registers.py
	$(BIN)/python benchmarks/trade.py
	$(BIN)/python benchmarks/neo4j_store.py

bench-peers: $(VENV)/.dev ## the weekly march beside BoARIO, which gets an environment of its own
	test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers/requirements.txt
	PYTHONPATH=. $(BIN)/python benchmarks/peers/run_weeks.py .venv-peers/bin/python

clean: ## remove the environment and caches
	rm -rf $(VENV) .venv-peers .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build src/*.egg-info
