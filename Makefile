# make demo     a demonstration on http://127.0.0.1:5000 (PORT=..., RESET=1 begins again)
# make test     everything that CI runs
# make bench    ours beside other methods, into scheduler/BENCH.md (INSTANCES="geneva pau", METHODS="ours",
#               SECTIONS="growth", BENCH="--everything --output FOLDER"; BENCH="--help" says the rest)
# make install  the environment alone; VENV=... names another place for it
PYTHON ?= python3
VENV ?= .venv
PORT ?= 5000
BENCH_FOLDER ?= ../shared/instances
BIN := $(abspath $(VENV))/bin
# The pip of the system fills the environment: Debian's Python makes none inside.
PIP := $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check
INSTALL := $(PIP) install --quiet --root-user-action=ignore --require-hashes -r
PO := webapp/translations/en/LC_MESSAGES/messages.po
IN := PATH="$(BIN):$$PATH"

.PHONY: install install-test calendar-clients demo test bench lint lock translations

install: $(VENV)/.installed $(PO:.po=.mo) instance/secret_key

$(BIN)/python:
	$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.installed: requirements.lock | $(BIN)/python
	$(INSTALL) requirements.lock
	touch $@

$(VENV)/.installed-test: requirements-test.lock | $(VENV)/.installed
	$(INSTALL) requirements-test.lock
	touch $@

$(VENV)/.installed-bench: requirements-bench.lock | $(VENV)/.installed
	$(INSTALL) requirements-bench.lock
	touch $@

%.mo: %.po $(VENV)/.installed
	$(IN) pybabel --quiet compile --input-file $< --output-file $@ --locale en

instance/secret_key:
	umask 077 && $(PYTHON) -c "import secrets; print(secrets.token_urlsafe(48))" > $@

install-test:
	$(MAKE) --jobs=2 install $(VENV)/.installed-test calendar-clients

# Chromium, and independent applications that read our feeds in tests/calendar.
calendar-clients:
	.ci/system-packages
	PYTHON=$(PYTHON) tests/calendar/install.sh

demo: install
	$(IN) CROISEE_DEMO=1 CROISEE_SECURE_COOKIES=0 flask --app webapp demo --port $(PORT) $(if $(RESET),--reset)

lint: install-test
	$(IN) ruff format --check
	$(IN) ruff check
	$(IN) mypy
	$(IN) lint-imports

test: lint
	$(IN) .ci/test

bench: $(VENV)/.installed-bench
	$(IN) python -m tests.bench --folder $(BENCH_FOLDER) $(SECTIONS:%=--%) \
		$(if $(INSTANCES),--instances $(INSTANCES)) $(if $(METHODS),--methods $(METHODS)) $(BENCH)

# Upgrade what is locked within what pyproject.toml allows; needs uv.
lock:
	uv pip compile pyproject.toml --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock" --quiet -o requirements.lock
	uv pip compile pyproject.toml --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock" --quiet --group test -c requirements.lock -o requirements-test.lock
	uv pip compile pyproject.toml --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock" --quiet --group bench -c requirements-test.lock -o requirements-bench.lock

# Bring the English translation up to date with the French sources.
translations: $(VENV)/.installed
	$(IN) python .ci/translations.py
