# Every command of this project. A target ends in what it makes up to date, so a second run does only what changed.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
SHELL := /bin/bash

BIN := .venv/bin
# Compiled at once: else the first start does it, and takes several seconds for it.
UV := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python
PINS := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
NPM := npm --prefix frontend --no-fund --no-audit --no-update-notifier
PAGE := backend/retoma/web/page/index.html
PAGE_SOURCES := $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts ! -name '*.test.ts*')
PYTEST := $(BIN)/pytest
PARALLEL ?= --numprocesses 2
# Else every process of the tests compiles them anew.
unexport PYTHONDONTWRITEBYTECODE
say = @printf '\n== %s ==\n' '$(1)'

.PHONY: help setup run test test-backend test-page test-browser check check-python check-layers check-house check-page check-client bench torture pictures fix generate requirements clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup: .venv/.retoma $(PAGE) ## make the environment and the page; .venv/bin/retoma is there afterwards

run: setup ## start the board: make run ARGS="--port 8420 --data DIR --no-open"
	@exec $(BIN)/retoma up $(ARGS)

test: test-backend test-page test-browser ## run all tests

# They wait for processes of their own a good part of the time: four at once fill two cores.
test-backend: PARALLEL = --numprocesses 4
test-backend: .venv/.dev $(PAGE) ## the backend on SQLite and PostgreSQL
	$(call say,backend tests: SQLite and PostgreSQL)
	$(PYTEST) backend/tests --ignore backend/tests/browser --ignore backend/tests/house $(PARALLEL)

test-page: frontend/node_modules/.installed ## the page's unit tests
	$(call say,page tests)
	$(NPM) test

test-browser: .venv/.dev $(PAGE) ## the whole product in a real Chromium
	$(call say,browser tests: Chromium)
	@scripts/need chromium
	$(PYTEST) backend/tests/browser $(PARALLEL) --dist loadfile

check: check-python check-layers check-house check-page check-client ## format, lint, types, layers, house rules, generated files

check-python: .venv/.dev # format, lint, types
	$(call say,backend: format and lint and types)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

check-layers: .venv/.dev # imports, dependencies
	$(call say,backend: layers and dependencies)
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry --no-ansi .

check-house: .venv/.dev # sizes, words, addresses, dead code, …
	$(call say,house rules)
	$(PYTEST) backend/tests/house --quiet $(PARALLEL)

check-page: frontend/node_modules/.installed # format, lint, types, dead code
	$(call say,page: format and lint and types and dead code)
	$(NPM) run check:format
	$(NPM) run check:lint
	$(NPM) run check:types
	$(NPM) run check:dead

check-client: .venv/.dev frontend/node_modules/.installed # the page's API client is the one of these routes
	$(call say,API client: up to date)
	@mkdir -p .cache
	$(BIN)/python -m retoma.web.openapi > .cache/openapi.json
	@cmp .cache/openapi.json frontend/openapi.json || { echo "frontend/openapi.json is out of date: make generate"; exit 1; }
	cd frontend && npx openapi-typescript openapi.json --output ../.cache/schema.d.ts > ../.cache/schema.log
	@cmp .cache/schema.d.ts frontend/src/api/schema.d.ts || { echo "schema.d.ts is out of date: make generate"; exit 1; }

bench: .venv/.dev $(PAGE) ## measure, and print the table of docs/benchmarks.md
	PYTHONPATH=backend:backend/tests $(BIN)/python -m bench $(ARGS)

torture: .venv/.dev ## kill -9 of server, recorder and agent at random: make torture N=200 SEED=1
	PYTHONPATH=backend:backend/tests $(BIN)/python -m torture $(if $(N),--runs $(N)) $(if $(SEED),--seed $(SEED)) $(ARGS)

pictures: .venv/.dev $(PAGE) ## take the README's pictures again
	PYTHONPATH=backend:backend/tests $(BIN)/python -m support.pictures

fix: .venv/.dev frontend/node_modules/.installed ## format, and mend what the linters can
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(NPM) run fix

generate: .venv/.dev frontend/node_modules/.installed ## write the page's API client from the backend's routes
	@mkdir -p .cache
	$(BIN)/python -m retoma.web.openapi > .cache/openapi.json
	cp .cache/openapi.json frontend/openapi.json
	$(NPM) run generate

requirements: .venv/.environment ## write the pins anew; UPGRADE=--upgrade takes newer versions
	$(PINS) $(UPGRADE) pyproject.toml -o requirements/runtime.txt
	$(PINS) $(UPGRADE) pyproject.toml --group test --group check -c requirements/runtime.txt -o requirements/dev.txt
	$(PINS) $(UPGRADE) --group build -c requirements/dev.txt -o requirements/build.txt

clean: ## remove everything that was made here; data folders of the board stay
	rm -rf .venv .cache dist frontend/node_modules backend/retoma/web/page

# ---- what the targets stand on ----

.venv/.environment: requirements/build.txt
	python=$$(scripts/need python) && "$$python" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	@touch $@

.venv/.runtime: .venv/.environment requirements/runtime.txt
	$(UV) --require-hashes -r requirements/runtime.txt
	@touch $@

.venv/.retoma: .venv/.runtime pyproject.toml hatch_build.py
	$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.retoma requirements/dev.txt
	$(UV) --require-hashes -r requirements/dev.txt
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json
	@scripts/need node
	$(NPM) ci
	@touch $@

$(PAGE): frontend/node_modules/.installed $(PAGE_SOURCES)
	$(NPM) run build
