# Needs make and Python 3.11 or newer with its venv module; everything else is installed into .venv, at locked versions.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

# The first Python that is new enough; `make PYTHON=/path/to/python install` names another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

VENV := .venv
RUN := $(VENV)/bin/python
PIP_INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes
# The tests run in half as many processes again as there are cores (tests/conftest.py); PYTEST="-x tests/ledger" narrows and slows them for a closer look.
PYTEST ?= -n auto --dist worksteal

CREATED := $(VENV)/.created
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
# Front-ends' own clients are driven with Node; everything else is tested without it.
CLIENTS := tests/clients
PACKAGES := $(CLIENTS)/node_modules

.PHONY: help install clients serve test check demo simulate fuzz crash bench bench-book lock format

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(CREATED):
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer with its venv module is needed; found: $$(python3 --version 2>&1)." >&2; \
		echo "On Debian and Ubuntu: apt-get install python3 python3-venv" >&2; \
		exit 1; \
	fi
	@rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUNTIME): requirements/runtime.lock $(CREATED)
	$(PIP_INSTALL) -r $<
	@touch $@

$(DEV): requirements/dev.lock $(RUNTIME)
	$(PIP_INSTALL) -r $<
	@touch $@

install: $(DEV) ## Make .venv with everything, development tools included

INSTALL_CLIENTS := if [ $(CLIENTS)/package-lock.json -nt $(PACKAGES)/.installed ] || [ ! -e $(PACKAGES)/.installed ]; then \
	(cd $(CLIENTS) && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.installed); fi
clients: ## Install the JavaScript clients that the tests drive, at locked versions (needs Node 20 or newer)
	@$(INSTALL_CLIENTS)

serve: $(RUNTIME) ## Run the API on http://127.0.0.1:8000/graphql, with demo data where the database is empty
	@exec $(RUN) -m api serve

demo: $(RUNTIME) ## Play the story, from sign-in to the gate, against the running program
	@exec $(RUN) -m api demo

WITHOUT_CLIENTS := The tests of $(CLIENTS) were left out: they need Node 20 or newer and npm, and its registry once (https://nodejs.org).
test: $(DEV) ## Run every test, on SQLite and on PostgreSQL; the JavaScript clients where there is Node
	@if $(INSTALL_CLIENTS); then \
		echo "$(RUN) -m pytest $(PYTEST)"; $(RUN) -m pytest $(PYTEST); \
	else \
		echo "$(WITHOUT_CLIENTS)" >&2; \
		$(RUN) -m pytest $(PYTEST) --ignore=$(CLIENTS); code=$$?; \
		echo "$(WITHOUT_CLIENTS)" >&2; exit $$code; \
	fi

SEEDS ?= 1000
ENGINE ?= sqlite
simulate: $(DEV) ## Play SEEDS=1000 random towns with faults (SEED=1234 plays one again; ENGINE=postgres)
	@$(RUN) -m tests.simulation --engine $(ENGINE) $(if $(SEED),--seed $(SEED),--seeds $(SEEDS))

OPERATIONS ?= 5000
fuzz: $(DEV) ## Send OPERATIONS=5000 generated operations and look at every answer (SEED=2, ENGINE=postgres)
	@$(RUN) -m tests.fuzz --engine $(ENGINE) --operations $(OPERATIONS) $(if $(SEED),--seed $(SEED))

crash: ROUNDS ?= 20
crash: $(DEV) ## Kill the program ROUNDS=20 times in the middle of 200 redemptions (ENGINE=postgres kills the database too)
	@$(RUN) -m tests.crash --engine $(ENGINE) --rounds $(ROUNDS)

check: $(DEV) ## Lint, types, floors, the exported schema, and every test
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports
	$(RUN) -m api export-schema --check
	@$(MAKE) --no-print-directory test

format: $(DEV) ## Put the code into shape
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

bench: ROUNDS ?= 5
SECONDS ?= 2
CONNECTIONS ?= 32
WORKERS ?= 1
bench: $(DEV) ## Measure what requests cost beside the least they could (ENGINE=postgres ROUNDS=5 SECONDS=2 CONNECTIONS=32 WORKERS=1)
	@$(RUN) -m bench --engine $(ENGINE) --rounds $(ROUNDS) --seconds $(SECONDS) --connections $(CONNECTIONS) --workers $(WORKERS)

bench-book: $(DEV) ## Fill a book of a million entries and measure sealing, auditing and reading it (ENGINE=postgres)
	@$(RUN) -m bench.book --engine $(ENGINE) --json var/bench-book-$(ENGINE).json

lock: .venv-lock/.created ## Resolve the locked versions anew (UPGRADE=--upgrade takes the newest)
	$(COMPILE) pyproject.toml --output-file requirements/runtime.lock
	$(COMPILE) pyproject.toml --output-file requirements/dev.lock --extra dev --constraint requirements/runtime.lock

UPGRADE ?=
COMPILE = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(UPGRADE)

# Only whoever changes a dependency needs the resolver, so it lives apart.
.venv-lock/.created:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@touch $@
