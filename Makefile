# Everything a newcomer needs: git, make and a Python >= 3.11. uv and Node come from PyPI by themselves.
SHELL := /bin/bash
STAGE ?= dev
PROVIDER ?= connective

# A pyenv shim may exist and fail, so every candidate has to run before it is believed.
CANDIDATES := python3.11 python3.12 python3.13 python3.14 python3 python $(wildcard $(HOME)/.pyenv/versions/3.1[1-4]*/bin/python3) $(wildcard $(HOME)/.local/share/uv/python/cpython-3.1[1-4]*/bin/python3)
PYTHON ?= $(shell for p in $(CANDIDATES); do "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { "$$p" -c 'import sys; print(sys.executable)'; break; }; done)

UV := .tools/bin/uv
# Containers often forbid .pyc files; then each of the many processes of the tests would compile aws_cdk and all else anew.
export PYTHONDONTWRITEBYTECODE :=
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

# ------------------------------------------------------------------------------------------------ the main commands

.PHONY: demo sandbox test check bench evidence reliability synth diff record bootstrap deploy destroy invoke generate esign

demo: install ## the main job and the sad ways, end to end on the local cloud [PROVIDER=connective|…|all] [PDF=file] [FAULTS=1]
	@$(RUN) -m sandbox.demo --provider $(PROVIDER) $(if $(PDF),--pdf "$(PDF)") $(if $(FAULTS),--faults)

sandbox: install ## keep the local cloud running, with a console in the browser: start, sign, watch, fetch [PROVIDER=one alone]
	@$(RUN) -m sandbox $(if $(filter file,$(origin PROVIDER)),,--provider $(PROVIDER))

invoke: install ## run one handler once in the local cloud: FUNCTION=coupa/create_package EVENT=events/…/minimal.json
	@$(RUN) -m sandbox.invoke "$(FUNCTION)" "$(EVENT)"

esign: install ## the operator's command: ARGS="packages list acc_… --stage local"
	@$(RUN) -m cli $(ARGS)

# The deployed handlers run in processes of their own, which no tracer sees, and it takes as long again as all else there.
# The tests of the templates run next to nothing of esign either; the tracer would only slow the synthesis down.
UNTRACED := tests/e2e tests/infra tests/reliability

test: install ## every test that needs no AWS account, with branch coverage
	@$(RUN) -m pytest -n 2 --dist loadscope --cov --cov-report=term $(or $(TESTS),tests $(UNTRACED:%=--ignore=%)); traced=$$?; \
	  $(if $(TESTS),true,$(RUN) -m pytest -n 2 --dist loadscope $(UNTRACED)) && exit $$traced

check: install ## lint, types, layering, generated files, security
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check -q .
	@.venv/bin/mypy -n auto
	@PYTHONPATH=layers/shared/python .venv/bin/lint-imports
	@$(RUN) -m tools.generated --check
	@.venv/bin/bandit -q -ll -r layers/shared/python functions cli -c pyproject.toml
	@$(UV) lock -q --check
	@$(RUN) -m tools.audit

generate: install ## write openapi.json, the capability matrix, the cost page and README's table anew
	@$(RUN) -m tools.generated

synth: install ## the CloudFormation of a stage, without an AWS account: STAGE=local|dev|preprod|prod|your.toml
	@$(RUN) app.py "$(STAGE)" $(SYNTH_OPTIONS)

diff: install ## what a stage's next deployment changes; without AWS credentials, against the recorded templates
	@$(RUN) -m infra.delivery $@ "$(STAGE)"

record: install ## keep a stage's templates in infra/recorded, for `make diff` and the tests: STAGE=…|all
	@$(RUN) -m infra.delivery $@ "$(STAGE)"

bootstrap: install ## prepare an AWS account and region for CDK, once
	@$(RUN) -m infra.delivery $@ "$(STAGE)"

deploy: install ## deploy a stage, with the AWS credentials of your environment
	@$(RUN) -m infra.delivery $@ "$(STAGE)"

destroy: install ## remove a stage; refused where it keeps its data
	@$(RUN) -m infra.delivery $@ "$(STAGE)"

evidence: install ## what Coupa asks of a host, measured, in out/evidence/index.html [PROVIDER=all|connective|…]
	@$(RUN) -m tools.evidence --provider $(if $(filter command line environment,$(origin PROVIDER)),$(PROVIDER),all)

bench: install ## cold start, warm time, AWS calls, sizes, memory; prints a table and writes out/bench.json
	@$(RUN) -m benchmarks

reliability: install ## the long proofs
	@$(RUN) -m pytest -q -m "slow or reliability" $(TESTS)
