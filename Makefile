# Everything a newcomer needs: git, make and a Python >= 3.11. uv and Node come from PyPI by themselves.
SHELL := /bin/bash
STAGE ?= dev
PROVIDER ?= connective

# A pyenv shim may exist and fail, so every candidate has to run before it is believed.
CANDIDATES := python3.11 python3.12 python3.13 python3.14 python3 python $(wildcard $(HOME)/.pyenv/versions/3.1[1-4]*/bin/python3) $(wildcard $(HOME)/.local/share/uv/python/cpython-3.1[1-4]*/bin/python3)
PYTHON ?= $(shell for p in $(CANDIDATES); do "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { "$$p" -c 'import sys; print(sys.executable)'; break; }; done)

UV := .tools/bin/uv
RUN := PYTHONPATH=layers/shared/python:. .venv/bin/python

.PHONY: help install
help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

$(UV):
	@test -n "$(PYTHON)" || { echo "No working Python >= 3.11 found. Install one (Debian: apt-get install python3 python3-venv) or say PYTHON=/path/to/python3."; exit 1; }
	@echo "Bringing uv with $(PYTHON) ..."
	@"$(PYTHON)" -m venv .tools >/dev/null 2>&1 && .tools/bin/python -m pip install -q uv==0.13.9 || \
	  { rm -rf .tools; "$(PYTHON)" -m pip install -q --target .tools/lib uv==0.13.9 && mkdir -p .tools/bin && ln -s ../lib/bin/uv .tools/bin/uv; }

install: .venv/.synced ## the locked dependencies in .venv
.venv/.synced: uv.lock pyproject.toml | $(UV)
	@echo "Installing the locked dependencies ..."
	@UV_PYTHON_DOWNLOADS=never $(UV) sync -q --frozen --python "$(PYTHON)" --all-extras --all-groups
	@touch $@

# --- infrastructure
.PHONY: synth
synth: install ## write the CDK assembly of STAGE (no AWS account needed)
	@$(RUN) app.py $(STAGE) $(SYNTH_OPTIONS)
