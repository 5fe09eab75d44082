# make demo   read the sample packets and show the report
# make test   style, types, tests
# make run    one batch: everything new in the inbox
VENV ?= .venv
PYTHON := $(VENV)/bin/python
STATE := $(shell cat requirements.lock pyproject.toml scripts/setup 2>/dev/null | cksum)

.PHONY: setup demo test check run serve samples forms clean

setup:
	@[ "$$(cat $(VENV)/ready 2>/dev/null)" = "$(STATE)" ] || sh scripts/setup $(VENV)

demo: setup
	@$(VENV)/bin/intake demo

test: check
	$(PYTHON) -m pytest

check: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

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
