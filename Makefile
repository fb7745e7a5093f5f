# One list of verbs. A bare machine needs Python 3.11 to 3.13 and make; every verb builds .venv by itself.
# ARGS goes to the command:  make demo ARGS=--once    PYTHON chooses one:  make test PYTHON=python3.12

.DEFAULT_GOAL := help
.PHONY: help setup demo up test check torture fix migrate bench lock
MAKEFLAGS += --no-print-directory
unexport PYTHONPATH PYTHONHOME

BIN := .venv/bin
PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python)

# The first Python that runs, is new enough and can make an environment (a pyenv shim may exist and fail).
define VENV
@for python in $(PYTHONS); do \
  "$$python" .ci/build_venv.py --suitable >/dev/null 2>&1 && exec "$$python" .ci/build_venv.py $(1); \
done; \
echo "This needs Python 3.11, 3.12 or 3.13 with its venv module (tried: $(PYTHONS))." >&2; \
echo "Debian, Ubuntu: apt-get install python3 python3-venv    macOS: brew install python@3.13" >&2; \
echo "Or name one: make $(or $(firstword $(MAKECMDGOALS)),setup) PYTHON=/path/to/python3.12" >&2; exit 1
endef

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r verb does; do printf '  make %-9s %s\n' "$$verb" "$$does"; done

setup: ## build .venv with the `reminders` command from the hash-pinned lock
	$(call VENV,embedded)

demo: setup ## play five weeks of a clinic in about 90 seconds, then stay up (ARGS=--once: leave)
	@exec $(BIN)/reminders demo $(ARGS)

up: setup ## run the whole system on this machine, on the real clock
	@exec $(BIN)/reminders up $(ARGS)

test: .dev ## run the tests (ARGS goes to pytest)
	@exec $(BIN)/python -m pytest -n 2 $(ARGS)

check: .dev ## what CI checks: format, lint, types, import contracts, tests with coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term:skip-covered $(ARGS)

torture: .dev ## run everything under faults, and judge it by the provider's ledger (ARGS="--seconds 600 --real-times")
	@exec $(BIN)/python -m tests.torture $(ARGS)

fix: .dev ## format, and mend what lint can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migrate: setup ## bring the database of REMINDERS_DATABASE_URL to this version's schema
	@exec $(BIN)/reminders db migrate $(ARGS)

bench: .dev ## measure the speed beside what else one could use (ARGS: --quick, --full, --only drain)
	@exec $(BIN)/python -m bench $(ARGS)

lock: .dev ## write the lock files again (ARGS=--upgrade: with the newest versions)
	@exec $(BIN)/python .ci/write_locks.py $(ARGS)

.PHONY: .dev
.dev:
	$(call VENV,dev)
