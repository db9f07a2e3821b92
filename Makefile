# Two commands for everybody:   make demo    make test
# Each makes .venv, installs what it needs there and builds the extension; a second run starts at once.

PYTHON ?= python3
VENV := $(CURDIR)/.venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PEERS := $(VENV)/peers

# One interpreter for every cargo command: else each would rebuild PyO3 for another.
export PYO3_PYTHON := $(BIN)/python
# An activated conda or other environment must not catch what belongs in .venv.
export VIRTUAL_ENV := $(VENV)
unexport CONDA_PREFIX

RUST_SOURCES := $(shell find crates -name '*.rs' -o -name '*.toml') Cargo.toml $(wildcard Cargo.lock)

.PHONY: help demo picture test rust-test python-test docs oracle bench bench-memory instructions package-check mutants mutants-python lint format stubs stubs-check pulls sky-table clean preflight

help:
	@echo 'make demo     measure the stars of M13; leaves demo/m13.ecsv and demo/m13.png'
	@echo 'make test     all tests: Rust, its documentation, Python'
	@echo 'make docs     build the documentation: docs/_build/html/index.html'
	@echo 'make picture  refresh docs/_static/m13.png, the picture of the README, with the demo'
	@echo 'make lint     formatting, clippy, ruff, mypy, type stubs'
	@echo 'make format   format all code'
	@echo 'make stubs    write the type stubs anew'
	@echo 'make oracle   score the build on the arbitrary-precision cases, as a table'
	@echo 'make bench    time us beside other packages: benchmarks/results.md; FULL=1 for every cell, BENCH="--only mask" for some'
	@echo 'make bench-memory  measure apertures on memory-mapped files of 4 GB, and how much memory that takes'
	@echo 'make instructions  count the instructions of fixed kernels under valgrind; UPDATE=1 after a change that is meant'
	@echo 'make pulls    Monte Carlo: are the errors of photometry as large as the scatter of its fluxes? five minutes'
	@echo 'make sky-table  Monte Carlo: the variance of each sky statistic, written into the source; half an hour'
	@echo 'make package-check  build wheel and sdist, install and run each in a clean environment, check their metadata'
	@echo 'make mutants  change the mathematics in 1800 ways: which does no test notice? an hour; FILES="cover noise", SHARD=0/8, RESUME=1'
	@echo 'make mutants-python  the same of the Python that reads arguments and headers'
	@echo 'make clean    remove .venv, build products and the output of the demo'

demo: $(STAMPS)/built $(STAMPS)/demo
	$(BIN)/astroapers demo

# The texts show a copy of what the demo draws.
picture: demo
	cp demo/m13.png docs/_static/m13.png

test: rust-test python-test

rust-test: $(STAMPS)/python
	cargo test --workspace --locked

python-test: $(STAMPS)/built $(STAMPS)/dev
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

# -W: a link to nothing, or a notebook that fails, fails the build.
docs: $(STAMPS)/built $(STAMPS)/docs
	$(BIN)/python -m sphinx -W --keep-going --fresh-env -b html docs docs/_build/html

oracle: $(STAMPS)/built
	$(BIN)/python tests/oracle/evaluate.py --split public --by-shape

# The peers have an environment of their own; the old package, whose name is ours, a folder within it.
bench: $(STAMPS)/built $(STAMPS)/peers
	ASTROAPERS_BENCH_OLD=$(PEERS)/old $(PEERS)/bin/python -m benchmarks $(BENCH)

bench-memory: $(STAMPS)/built
	$(BIN)/python -m benchmarks.memory

instructions: | $(STAMPS)/python
	$(BIN)/python -m benchmarks.instructions $(if $(UPDATE),--update)

pulls: $(STAMPS)/built $(STAMPS)/dev
	$(BIN)/python tools/error_pulls.py

sky-table: $(STAMPS)/built
	$(BIN)/python tools/sky_variance.py

package-check: $(STAMPS)/dev
	$(BIN)/python tools/check_package.py

# Without debug information, which takes as long to write as the program.
mutants mutants-python: export CARGO_PROFILE_DEV_DEBUG := false
mutants mutants-python: export CARGO_PROFILE_TEST_DEBUG := false
MUTANTS = $(FILES) $(if $(SHARD),--shard $(SHARD)) $(if $(RESUME),--resume)

mutants: $(STAMPS)/mutants $(STAMPS)/dev
	$(BIN)/python -m reliability.mutants $(MUTANTS)

mutants-python: $(STAMPS)/built $(STAMPS)/dev
	$(BIN)/python -m reliability.mutants_python $(MUTANTS)

lint: $(STAMPS)/built $(STAMPS)/dev
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(MAKE) stubs-check

format: $(STAMPS)/dev
	cargo fmt --all
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

stubs: $(STAMPS)/built
	$(BIN)/python tools/make_stubs.py
	$(BIN)/python tools/make_kernel_stubs.py

stubs-check: $(STAMPS)/built
	$(BIN)/python tools/make_stubs.py --check
	$(BIN)/python tools/make_kernel_stubs.py --check

clean:
	rm -rf $(VENV) target demo docs/_build docs/_made docs/reference/api docs/reference/kernels

preflight: # order-only below: it is asked every time and makes nothing out of date
	@PYTHON='$(PYTHON)' sh tools/preflight.sh

# ---------------------------------------------------------------- what the commands above need

$(STAMPS)/python: | preflight
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	@mkdir -p $(STAMPS) && touch $@

# The packages of one extra, without the package itself: that is built below.
$(STAMPS)/%: pyproject.toml | $(STAMPS)/python
	$(BIN)/python tools/requirements.py $* > $@.txt
	$(BIN)/python -m pip install --quiet --requirement $@.txt
	@touch $@

$(STAMPS)/mutants: reliability/mutants.txt | $(STAMPS)/python
	$(BIN)/python -m pip install --quiet --requirement $<
	@touch $@

$(STAMPS)/peers: benchmarks/peers.txt benchmarks/old.txt | $(STAMPS)/python
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --upgrade pip
	$(PEERS)/bin/python -m pip install --quiet --requirement benchmarks/peers.txt
	$(PEERS)/bin/python -m pip install --quiet --no-deps --upgrade --target $(PEERS)/old --requirement benchmarks/old.txt
	@touch $@

$(STAMPS)/built: $(RUST_SOURCES) pyproject.toml | $(STAMPS)/build
	PIP_QUIET=1 $(BIN)/maturin develop --release --locked
	@touch $@
