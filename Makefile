# `make serve` and `make test` need Python 3.11 to 3.13, make and git. `make lint` also needs node and npm, `make
# test-clients` and `make screenshot` need Chromium too. As root on Debian, make installs what is missing.

# Set these on make's own command line, as in `make serve PORT=8080`. The environment's HOST and PORT are often somebody
# else's and not read; QA_HOST, QA_PORT and QA_INDEX are.
VENV = .venv
HOST = $(or $(QA_HOST),127.0.0.1)
PORT = $(or $(QA_PORT),8000)
INDEX = $(or $(QA_INDEX),index)
# A package index with CPU-only builds of PyTorch, for machines whose default one brings CUDA (some 4 GB): see README.md.
TORCH_INDEX =
# Where `make bench-peers` keeps the environments and indexes of the other systems. Empty: a folder for temporary files.
ROOT =
# The first Python on PATH that will do, venv included.
PYTHON = $(shell for p in python3 python3.11 python3.12 python3.13; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& { echo $$p; break; }; done)

# A process a core, four at most, as each holds a model; one that has nothing left to do takes from the others.
SPREAD = -n logical --maxprocesses 4 --dist worksteal

BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check install -c constraints.txt
SEEDS := $(wildcard seeds/*)

.DEFAULT_GOAL := help
.PHONY: help serve test test-clients node client-programs check format lint types docker-check docs screenshot bench bench-peers bench-scale bench-retrieval clean force

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' Makefile

serve: $(INDEX)/seeds.stamp ## the page and the API on port 8000, asking the seed articles (HOST=, PORT=, INDEX=)
	$(BIN)/qa-service serve --host $(HOST) --port $(PORT) --index $(INDEX)

test: $(VENV)/dev.stamp ## the whole test suite (ARGS= for pytest)
	$(BIN)/python -m pytest $(SPREAD) $(ARGS)

test-clients: $(VENV)/clients.stamp client-programs ## the tests with real clients: Chromium and npm packages (ARGS= for pytest)
	$(BIN)/python -m pytest clients $(ARGS)

# $(call programs,PROGRAMS,PACKAGES) installs Debian's packages where a program is missing.
define programs
@missing=; for p in $(1); do command -v $$p >/dev/null || missing="$$missing $$p"; done; \
test -n "$$missing" || exit 0; \
if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
	apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(2); \
else \
	echo "error: not on PATH:$$missing; as root, on Debian: apt-get install $(2)" >&2; exit 1; \
fi
endef

# Help does not list targets without `##`.
node:
	$(call programs,node npm,nodejs npm)

client-programs:
	$(call programs,chromium node npm,chromium fonts-dejavu-core nodejs npm)

check: lint types test test-clients docker-check ## everything that .ci/run checks

format: $(VENV)/dev.stamp ## lay the code out and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/dev.stamp node_modules/stamp ## layout and lint of Python, lint and types of JavaScript
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@mkdir -p build
	$(BIN)/python -m qa_service.web build/openapi.json
	node_modules/.bin/openapi-typescript build/openapi.json --output build/api.d.ts
	node_modules/.bin/eslint .
	node_modules/.bin/tsc

types: $(VENV)/dev.stamp ## static types
	$(BIN)/mypy

docker-check: $(VENV)/dev.stamp ## lint the Dockerfile
	$(BIN)/hadolint Dockerfile

docs: $(VENV)/dev.stamp ## write the reference tables in docs/ and the answer in README.md anew
	$(BIN)/python -m qa_service.cli.reference docs/reference
	$(BIN)/python -m benchmarks.peers.page
	$(BIN)/python -m benchmarks.readme_example

screenshot: $(VENV)/clients.stamp client-programs ## take the screenshot of README.md anew
	$(BIN)/python -m benchmarks.screenshot

bench: $(VENV)/dev.stamp ## speed and memory, on the seeds or on a BEIR folder (SET=DIR, ARGS=)
	$(BIN)/python -m benchmarks.bench $(if $(SET),--set $(SET)) $(ARGS)

bench-peers: $(VENV)/dev.stamp ## our speed and quality beside txtai and Haystack, on a BEIR folder (SET=DIR, ROOT=DIR, ARGS=)
	@test -n "$(SET)" || { echo "error: name the folder of the set: make bench-peers SET=DIR" >&2; exit 2; }
	$(BIN)/python -m benchmarks.peers --set $(SET) $(if $(ROOT),--root $(ROOT)) $(if $(TORCH_INDEX),--torch-index $(TORCH_INDEX)) $(ARGS)

bench-scale: $(VENV)/dev.stamp ## collections of 10 000 to a million passages (FOLDER=DIR, SET=DIR, ARGS=)
	@test -n "$(FOLDER)" || { echo "error: name a folder with 15 GB of free disk: make bench-scale FOLDER=DIR" >&2; exit 2; }
	$(BIN)/python -m benchmarks.scale --folder $(FOLDER) $(if $(SET),--set $(SET)) $(ARGS)

bench-retrieval: $(VENV)/dev.stamp ## what each stage of the ranking adds, on a folder of BEIR sets (SETS=DIR, ARGS=)
	@test -n "$(SETS)" || { echo "error: name the folder that holds the sets: make bench-retrieval SETS=DIR" >&2; exit 2; }
	$(BIN)/python -m benchmarks.retrieval $(SETS) $(ARGS)

clean: ## remove what the tools left, but neither environment nor index
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

# torch goes first and by itself, so that nothing else decides which build of it is installed.
$(VENV)/runtime.stamp: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11, 3.12 or 3.13 with venv on PATH; name one: make PYTHON=/path/to/python" >&2; exit 1; }
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(PIP) $(if $(TORCH_INDEX),--no-deps --index-url $(TORCH_INDEX)) torch
	$(PIP) -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/runtime.stamp
	$(PIP) -e '.[dev]'
	@touch $@

$(VENV)/clients.stamp: $(VENV)/dev.stamp
	$(PIP) -e '.[dev,clients]'
	@touch $@

node_modules/stamp: package.json package-lock.json | node
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# Ingesting the same bytes again changes nothing, but it loads the model to find out.
$(INDEX)/seeds.stamp: $(SEEDS) $(if $(wildcard $(INDEX)/default),,force) | $(VENV)/runtime.stamp
	$(BIN)/qa-service ingest seeds --index $(INDEX)
	@touch $@
