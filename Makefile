# The two that set everything up: `make demo` and `make test`. Needs Python 3.11 or newer, make and git.
.DEFAULT_GOAL := help
.PHONY: help demo test coverage lint bench kills fuzz clean
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .demo

help: ## what can be made
	@grep -hE '^[a-z]+:.*[#][#] ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/installed ## build a virtual environment and try mailtriage on an invented practice mailbox
	@$(BIN)/mailtriage demo $(DEMO)
	@echo
	@echo "The commands above are in $(BIN); . $(BIN)/activate puts them on your path."

test: $(VENV)/developed ## the whole suite; installs Dovecot and strace for it where it can
	@tests/ensure-programs
	$(BIN)/pytest -n 2

coverage: $(VENV)/developed ## the whole suite once more, with the branches that it takes
	@tests/ensure-programs
	$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered

lint: $(VENV)/developed ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/developed ## costs as bytes, commands, imports and ratios
	@tests/ensure-programs
	$(BIN)/pytest -m bench -p no:cacheprovider -s

kills: $(VENV)/developed ## SIGKILL and a full disk at every system call that writes; most of an hour
	@tests/ensure-programs
	$(BIN)/pytest -n 2 -m kills -p no:cacheprovider

fuzz: $(VENV)/developed ## damaged mail and answers by the thousand, for some minutes
	$(BIN)/pytest -n 2 -m fuzz -p no:cacheprovider tests/fuzz

clean: ## remove what make made
	rm -rf $(VENV) $(DEMO) build dist src/*.egg-info

$(VENV)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "mailtriage needs Python 3.11 or newer; name one: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python's venv module is missing; on Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/installed: $(VENV)/pip pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/developed: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev
	@touch $@
