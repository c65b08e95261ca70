# `make demo` and `make test` set up a virtual environment of their own; they need Python 3.11 and make, nothing else.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# As in `make test TEST="coverage run -m pytest"`.
TEST ?= pytest

# One thread a process: the models of the tests are small, and pytest-xdist uses the cores.
export OMP_NUM_THREADS ?= 1

.PHONY: demo test clean

demo: $(READY)
	$(BIN)/torchcheck demo

test: $(READY)
	$(BIN)/python -m $(TEST) -n auto

# Dependency groups need pip 25.1.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e . --group test
	@touch $@

clean:
	rm -rf $(VENV) build dist
