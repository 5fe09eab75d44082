# make demo   read the sample packets and show the report
# make test   style, types, tests
# make axe    fetch axe-core, with which the browser tests look at every page of the desk
# make run    one batch: everything new in the inbox
VENV ?= .venv
PYTHON := $(VENV)/bin/python
STATE := $(shell cat requirements.lock pyproject.toml scripts/setup 2>/dev/null | cksum)

.PHONY: setup demo test check axe run serve samples forms clean

setup:
	@[ "$$(cat $(VENV)/ready 2>/dev/null)" = "$(STATE)" ] || sh scripts/setup $(VENV)

demo: setup
	@$(VENV)/bin/intake demo

test: check
	$(PYTHON) -m pytest

check: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

# axe-core is a tool of the tests (MPL-2.0), no part of the package; without it those tests are skipped
axe:
	npm install --prefix .axe --no-save --ignore-scripts --no-audit --no-fund axe-core@4.14.1

run: setup
	@$(VENV)/bin/intake run

serve: setup
	@$(VENV)/bin/intake serve

forms: setup
	$(VENV)/bin/intake forms draw --out form_templates

samples: setup
	$(PYTHON) scripts/make_samples.py
	$(PYTHON) scripts/make_bad_files.py

clean:
	rm -rf $(VENV)
