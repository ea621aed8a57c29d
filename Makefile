# Two commands for a newcomer: `make demo` and `make test`. Both need only git, make and Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin
# Two test workers on two cores: a linear-algebra library that starts threads of its own only makes them wait.
export OPENBLAS_NUM_THREADS ?= 1
STAMP := .venv/.installed
WARM := .venv/.warm

# Two workers on a busy machine: what fails in company is tried once more alone, by name. Passing then, it is still
# printed as failed above: a race to mend. Failing then, the run fails.
PYTEST = $(BIN)/pytest -n 2 --dist loadgroup $(1) || { echo "== once more, alone: what failed above"; $(BIN)/pytest --last-failed --last-failed-no-failures none -v $(1); }

.DEFAULT_GOAL := help
.PHONY: help install demo test check types kept rest sbom prove bench bench-profiles bench-models bench-growth bench-ablation browser lock lock-peers

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

install: $(STAMP) $(WARM)  ## Create .venv with pinned, hashed dependencies

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Polku needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@# Python compiles a module when it is first imported; to compile all of them here takes longer than what is used.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(WARM): $(STAMP)
	$(BIN)/polku warm
	@touch $@

demo: install  ## Simulate a municipality, train, validate, audit, release, serve on 127.0.0.1:8000
	$(BIN)/polku demo

# On two cores: the types beside what is compiled and kept. The rest of `make check` is part of the suite.
test: $(STAMP) browser  ## Static checks and every test except the long ones
	@$(MAKE) --no-print-directory -j2 types kept
	@$(call PYTEST,-m "not long" --no-loadscope-reorder)

check: types kept rest  ## ruff, mypy strict, import contracts, definitions, locks and licences, secrets

types: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

kept: $(WARM)
	$(BIN)/polku check
	$(BIN)/polku openapi --check

rest: $(STAMP)
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/house/test_supply.py tests/house/test_secrets.py

sbom: install  ## Write what the installation is made of to build/sbom.json (CycloneDX)
	mkdir -p build
	$(BIN)/cyclonedx-py environment --no-validate --pyproject pyproject.toml --spec-version 1.6 --output-reproducible --output-format JSON --output-file build/sbom.json $(BIN)/python

prove: install  ## The long tests, and the benches that hold a limit
	@$(call PYTEST,-m long)
	$(MAKE) bench

# In their short form where they have one; what takes longer has a target of its own below.
define BENCHES
audit.py
audit_calibration.py --repeats 12
audit_municipality.py --seeds 1 --planted 2 --cases nothing guesses --processes 2
audit_real.py
curriculum.py
dif.py --short
edges.py --repeats 3
evaluate_policy.py --repeats 10
exchange.py
explain.py
mastery.py --only speed
mastery.py --only truth
models.py --data assistments2009 --without-bkt --folds 3
models.py --data fsaif --without-bkt
pages.py --settled
paths.py
planner.py
profiles.py --most 10000000 --responses 4000000
reading.py
service.py --ratios --postgres
simulate.py
store.py
endef
export BENCHES

bench: install  ## Figures of speed and quality, each against a peer or a limit
	@# A busy machine can only make a figure worse: a limit is missed when three tries miss it.
	@echo "$$BENCHES" | while read -r bench; do \
	  echo "== $$bench"; \
	  try() { $(BIN)/python benchmarks/$$bench </dev/null; }; \
	  try || try || try || exit 1; \
	done

bench-profiles: install  ## Speed of the profile fold: table and figure
	$(BIN)/python benchmarks/profiles.py

bench-models: install  ## Models beside their peers over five folds: table and figure (pyBKT takes long)
	$(BIN)/python benchmarks/models.py

bench-growth: install  ## Time and memory of training at 1, 3 and 10 million responses; learning curves
	$(BIN)/python benchmarks/growth.py

bench-ablation: install  ## What each family of features is worth on each data set
	$(BIN)/python benchmarks/ablation.py

browser:  ## Find or install Chromium for the browser tests
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium >/dev/null; } \
	  || { echo "The browser tests need Chromium: install your system's package 'chromium', then run make test again."; exit 1; }

lock:  ## Rewrite requirements.lock (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --extra dev pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --constraint requirements.lock \
	  --custom-compile-command "make lock" --extra postgres --extra traces pyproject.toml -o serve/requirements.lock
	echo hatchling | uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --constraint requirements.lock --custom-compile-command "make lock" - -o serve/build.lock

lock-peers:  ## Rewrite the lock of the peers' own environment (needs uv)
	uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock-peers" benchmarks/peers/requirements.in -o benchmarks/peers/requirements.lock
	uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock-peers" benchmarks/peers/ralph.in -o benchmarks/peers/ralph.lock
