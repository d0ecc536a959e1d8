# What a developer does here. Needs Python 3.11 or newer; everything else comes from the package registry.

PYTHON ?= python3
BIN := .venv/bin
T ?= tests
export UV_LINK_MODE ?= copy

.PHONY: help run test lint types bench screenshots pictures format lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.runtime .env ## install, migrate, seed and serve on http://127.0.0.1:5000 (PORT in .env)
	@$(BIN)/python -m compileall -q backend config.py settings.py
	@exec $(BIN)/flask --app backend serve --prepare

# `T=tests/api/test_records.py make test` runs that part only, without lint and types.
test: .venv/.dev ## lint, types and all tests; T=<path> for a part of the tests
ifeq ($(T),tests)
	@$(MAKE) --no-print-directory lint types
	$(BIN)/pytest -n auto
else
	$(BIN)/pytest $(T)
endif

lint: .venv/.dev ## style of the code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/.dev ## types of the code
	$(BIN)/mypy

format: .venv/.dev ## put the code in shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/.dev ## measure
	$(BIN)/python -m bench

# In a folder git does not know; index.html there shows them all. ONLY=import takes the pages whose name has that in it.
screenshots: .venv/.dev ## pictures of every page, light and dark, 360 to 1280 px, in instance/screenshots
	$(BIN)/python -m tests.browser.screenshots --only "$(ONLY)"

pictures: .venv/.dev ## the few of them that the README shows, small
	$(BIN)/python -m tests.browser.screenshots --readme --to docs/pictures

lock: .venv/.uv ## write requirements*.txt anew from requirements*.in
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url requirements-dev.in -o requirements-dev.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Kontor needs Python 3.11 or newer: name one, as in `PYTHON=python3.12 make run`.")'
	@$(PYTHON) -m venv .venv

# uv installs ten times as fast as pip; where it does not run, pip does the same.
.venv/.uv: | .venv/bin/python
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv || echo "uv is not to be had: pip installs."
	@touch $@

INSTALL = if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python $(1) || $(BIN)/python -m pip install -q $(1); else $(BIN)/python -m pip install -q $(1); fi

.venv/.runtime: requirements.txt | .venv/.uv
	@echo "Installing what is needed to run …"
	@$(call INSTALL,-r requirements.txt)
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo "Installing what is needed to test …"
	@$(call INSTALL,-r requirements-dev.txt)
	@touch $@

# No prerequisites on purpose: what stands in .env is the user's and is never written again.
.env:
	@$(PYTHON) -c "$$WRITE_ENV"

define WRITE_ENV
import os, re, secrets
def secret(match):
    return match[1] + secrets.token_hex(8 if match[1].startswith('SEED') else 32)
text = re.sub('^([A-Z_]+=)change-me$$', secret, open('.env.example').read(), flags=re.M)
with open(os.open('.env', os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as file:
    file.write(text)
endef
export WRITE_ENV
