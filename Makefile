# Two commands for a newcomer: `make demo` and `make test`. Both need only git, make and Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin
# Two test workers on two cores: a linear-algebra library that starts threads of its own only makes them wait.
export OPENBLAS_NUM_THREADS ?= 1
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test check prove bench bench-profiles bench-models browser lock

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

install: $(STAMP)  ## Create .venv with pinned, hashed dependencies

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Polku needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/polku warm
	@touch $@

demo: install  ## Simulate a municipality, train, audit, release and serve it on 127.0.0.1:8000
	$(BIN)/polku demo

test: install browser check  ## Static checks and every test except the long ones
	$(BIN)/pytest -n 2 --dist loadgroup -m "not long"

check: install  ## ruff, mypy strict, import contracts, definitions
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/polku check

prove: install  ## The long tests, and the benches that hold a limit
	$(BIN)/pytest -n 2 --dist loadgroup -m long
	$(MAKE) bench

bench: install  ## Figures of speed and quality, each against a peer or a limit
	@# A busy machine can only make a figure worse: a limit is missed when three tries miss it.
	@for script in benchmarks/*.py; do \
	  echo "== $$script"; \
	  $(BIN)/python $$script || $(BIN)/python $$script || $(BIN)/python $$script || exit 1; \
	done

bench-profiles: install  ## Speed of the profile fold: table and figure
	$(BIN)/python benchmarks/profiles.py

bench-models: install  ## Accuracy and calibration over five folds: table
	$(BIN)/python benchmarks/models.py

browser:  ## Find or install Chromium for the browser tests
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium >/dev/null; } \
	  || { echo "The browser tests need Chromium: install your system's package 'chromium', then run make test again."; exit 1; }

lock:  ## Rewrite requirements.lock (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --extra dev pyproject.toml -o requirements.lock
