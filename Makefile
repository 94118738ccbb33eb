# Every command begins with `setup`: it does nothing when the environment is up to date.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed

.PHONY: setup check quick test demo serve lint bench chaos openapi client clean
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(STAMP) ## create .venv/ with everything installed

$(STAMP): pyproject.toml constraints.txt tests/page/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tremor needs Python 3.11 or newer; set PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	cd tests/page && PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm ci --silent
	@touch $@

check: setup ## lint, types and the quick tests, side by side
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint quick

# One process a core, four at most (tests/conftest.py); each takes whole files. Where one hangs or dies, the run ends.
PYTEST := $(VENV)/bin/python -m pytest --numprocesses auto --dist loadfile --max-worker-restart 0

quick: setup ## the tests that are quick and need no servers
	$(PYTEST) --quiet -m "not slow and not servers"

test: setup ## run the whole test suite
	$(PYTEST)

lint: setup ## ruff and mypy --strict, tests included
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

demo: setup ## the whole main job on a real model and real images
	$(VENV)/bin/python -m deploy.demo.run

serve: setup ## a development server on http://127.0.0.1:8000
	$(VENV)/bin/tremor serve

# AutoAttack's authors' code is on no registry. Without a way to GitHub: make bench AUTOATTACK=/folder/of/a/clone
AUTOATTACK ?= git+https://github.com/fra31/auto-attack@a39220048b3c9f2cca9a4d3a54604793c68eca7e

bench: setup ## our attacks beside the peers' (ARGS="--only pgd" for some rows)
	$(VENV)/bin/python -m pip install --quiet --no-deps --upgrade --target $(VENV)/peers -r tests/tools/benchmarks/peers.txt
	@test -d $(VENV)/peers/autoattack || $(VENV)/bin/python -m pip install --quiet --no-deps --target $(VENV)/peers '$(AUTOATTACK)' || echo "goes on without AutoAttack's authors' code: give a clone of it by AUTOATTACK=FOLDER"
	PYTHONPATH=$(VENV)/peers $(VENV)/bin/python -m tests.tools.benchmarks.run $(ARGS)

chaos: setup ## kill real processes at random moments, and compare what audits find (ARGS="--seed 7 --kills 50")
	$(VENV)/bin/python -m tests.tools.chaos.run $(ARGS)

openapi: setup ## regenerate openapi.json, the report's schema and versions, and the typed client in openapi/
	$(VENV)/bin/tremor openapi

client: setup ## make the typed client, the distribution tremor-client, in ./tremor-client
	$(VENV)/bin/python -m deploy.client.make tremor-client

clean: ## remove the environment and what the commands left
	rm -rf $(VENV) tests/page/node_modules demo-out tremor-data
