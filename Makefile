# Everything that a person or a machine does with this checkout. `make help` lists it.

.DEFAULT_GOAL := help
SHELL := /bin/sh

CHROMIUM ?= /usr/bin/chromium
export CHROMIUM

PYTHON := .venv/bin/python
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)

# On servers: the same suite, on the ones of this machine unless the environment names others.
SERVICES := DATABASE_URL="$${DATABASE_URL:-postgresql://postgres@127.0.0.1:5432/postgres}" \
	CELERY_BROKER_URL="$${CELERY_BROKER_URL:-redis://127.0.0.1:6379/0}"

# The settings of a public site, for Django's check of them; no such site exists and the key signs nothing.
PUBLIC := AMENDS_BASE_URL=https://amends.example.com ALLOWED_HOSTS=amends.example.com SMTP_HOST=smtp.example.com \
	SECRET_KEY=only-for-the-check-of-the-settings-0123456789-abcdefghijklmnopqrstuvwxyz

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

# --- What has to be there ------------------------------------------------------------------------

.venv/.runtime: requirements.txt .python-version | $(UV)
	@test -w . || { echo "This folder cannot be written: give it to $$(id -un), or clone into another." >&2; exit 1; }
	@test -x $(PYTHON) || $(UV) venv --quiet .venv || \
		{ echo "Python $$(cat .python-version) was neither found nor downloaded: install it, or go online, and try again." >&2; exit 1; }
	@echo "Installing what requirements.txt names ..."
	@$(UV) pip install --quiet --compile-bytecode --python $(PYTHON) --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo "Installing what requirements-dev.txt names ..."
	@$(UV) pip install --quiet --compile-bytecode --python $(PYTHON) --require-hashes -r requirements-dev.txt
	@touch $@

# Tried in turn: a python3 on the PATH may be a version manager's, which refuses when .python-version is not there.
.uv/bin/uv: requirements-uv.txt
	@test -w . || { echo "This folder cannot be written: give it to $$(id -un), or clone into another." >&2; exit 1; }
	@for python in python3 /usr/bin/python3 /usr/local/bin/python3 none; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null && break; \
	done; \
	test $$python != none || { echo "A python3 of 3.9 or newer is needed to begin with: install one." >&2; exit 1; }; \
	rm -rf .uv; $$python -m venv .uv >/dev/null 2>&1 || { rm -rf .uv; \
		echo "Python's venv module is missing: install it (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt || \
		{ echo "uv could not be installed: is this machine connected to the internet?" >&2; exit 1; }
	@touch $@

# --- The two commands ----------------------------------------------------------------------------

.PHONY: run
run: .venv/.runtime ## start Amends at http://localhost:8000 (PORT=8001 for another port)
	@$(PYTHON) -m recovery.serve

.PHONY: test
test: .venv/.dev ## the test suite; needs no server (ARGS="-k word" is handed to pytest)
	@.venv/bin/pytest -n 2 $(ARGS)

# --- For developers ------------------------------------------------------------------------------

.PHONY: check
check: .venv/.dev ## formatting, linters, types, migrations, settings
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/djlint templates --lint --quiet
	.venv/bin/lint-imports --no-logo
	.venv/bin/mypy
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PUBLIC) $(PYTHON) manage.py check --deploy --fail-level WARNING

.PHONY: format
format: .venv/.dev ## let ruff format the code and sort the imports
	.venv/bin/ruff check --fix-only --quiet
	.venv/bin/ruff format

.PHONY: test-services
test-services: .venv/.dev ## the same suite on PostgreSQL and Redis, but for what knows no database
	@$(SERVICES) .venv/bin/pytest -n 2 --ignore=tests/rules $(ARGS)

.PHONY: browser
browser: .venv/.dev ## the browser tests; CHROMIUM names the browser
	@.venv/bin/pytest tests/browser $(ARGS)

.PHONY: shots
shots: .venv/.dev ## a picture of every page in var/shots/
	@$(PYTHON) -m tests.browser.shots

.PHONY: containers
containers: .venv/.dev | $(UV) ## what docker-compose.yml runs, without an engine (needs PostgreSQL and Redis)
	@$(SERVICES) $(PYTHON) -m tests.recovery.containers

.PHONY: faults
faults: .venv/.dev ## what breaks under reminders, on servers of its own (ARGS="--only Redis")
	@$(PYTHON) -m tests.reminders.faults $(ARGS)

.PHONY: bench
bench: .venv/.dev ## speed and memory beside bare pages (needs PostgreSQL; ARGS="--help")
	@$(SERVICES) $(PYTHON) -m bench $(ARGS)

.PHONY: lock
lock: | $(UV) ## write the locks anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	@$(LOCK) pyproject.toml -o requirements.txt --python-version 3.13
	@$(LOCK) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt --python-version 3.13
	@$(UV) --version | awk '{ print "uv==" $$2 }' | $(LOCK) - -o requirements-uv.txt --python-version 3.9

LOCK = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-annotate --custom-compile-command "make lock" $(UPGRADE)
