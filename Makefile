# make book    the HTML book        make test    every test        make lab    the chapters in JupyterLab
# Each sets itself up on a fresh machine.
# Needs Python 3.11 or later (make PYTHON=python3.12 ...). No compiler, no GPU, no Node.
# Where the default torch wheel would bring CUDA:  make book TORCH_INDEX=<address of PyTorch's CPU wheel index>

PYTHON ?= python3
VENV ?= .venv
TORCH_INDEX ?=
JOBS ?= 2
TEST_JOBS ?= 2

PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
TORCH := $(shell grep '^torch==' constraints.txt)
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
# One thread a process: two processes of one thread do more than one process of two.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false
FORMATTED := kdlab tests book/_ext book/building book/lowering book/pictures

# Peers to be timed against live in an environment of their own.  make bench BENCH=--quick
BENCH_VENV ?= .bench-venv
BENCH_STAMP := $(BENCH_VENV)/.installed
BENCH_PIP := $(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check
BENCH ?=

# Only who opens the chapters needs JupyterLab.  make lab LAB=--no-browser
LAB_STAMP := $(VENV)/.lab-installed
LAB ?=

# Every suite with a quick preset, but core, targets and ensemble (two teachers or three),
# leaderboard (28 arms) and h2 (students of twice the updates).
QUICK := table1 table2 table3 capacity search h1 h3 sentence-or-token expectations
SMOKE := .cache/smoke

.PHONY: bench book test lab check-book smoke notebooks lint format constraints wheel serve clean

book: $(STAMP)  ## run the chapters, write book/_build/html
	@$(ONE_THREAD) PYTHONPATH=book $(PY) -m building --jobs $(JOBS)

test: $(STAMP) lint  ## unit, property, doc and page tests
	@$(ONE_THREAD) $(PY) -m pytest -q -n $(TEST_JOBS)

lab: $(LAB_STAMP)  ## the chapters in JupyterLab, with this environment's kdlab
	@$(ONE_THREAD) $(PY) -m jupyterlab $(LAB) book/chapters

check-book: $(STAMP)  ## the built book in a browser
	@$(ONE_THREAD) $(PY) -m pytest -q -n $(TEST_JOBS) --dist loadgroup tests/test_browser.py

smoke: $(STAMP)  ## the suites' quick presets from nothing: train, score, judge; files in $(SMOKE)
	@rm -rf $(SMOKE)
	@for suite in $(QUICK); do \
	  KDLAB_HOME=$(abspath $(SMOKE)) TQDM_DISABLE=1 $(ONE_THREAD) $(VENV)/bin/kdlab reproduce $$suite --preset quick --jobs $(JOBS) --out $(SMOKE) || exit 1; \
	done

notebooks: $(STAMP)  ## write the .ipynb that the Colab button opens
	@PYTHONPATH=book $(PY) -m lowering

lint: $(STAMP)
	@$(PY) -m ruff check $(FORMATTED)
	@$(PY) -m ruff format --check --quiet $(FORMATTED)

format: $(STAMP)
	@$(PY) -m ruff check --fix $(FORMATTED)
	@$(PY) -m ruff format $(FORMATTED)

bench: $(STAMP) $(BENCH_STAMP)  ## kdlab against its peers; writes tests/benchmarks/results/
	@$(PY) tests/benchmarks/peers/run.py --peers-python $(BENCH_VENV)/bin/python $(BENCH)

wheel: $(STAMP)
	@$(PY) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

serve: $(STAMP)
	@echo "http://127.0.0.1:8000 (Ctrl-C ends it)"
	@$(PY) -m http.server --bind 127.0.0.1 --directory book/_build/html 8000

clean:  ## what the build made; not $(VENV), not trained models (.cache)
	rm -rf book/_build book/_extra .jupyter_cache build dist *.egg-info

constraints:  ## pin anew: the newest versions that pyproject.toml allows
	@TORCH_INDEX=$(TORCH_INDEX) sh book/building/pin.sh $(PYTHON)

# torch first and alone, so that TORCH_INDEX is asked for nothing else.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or later is needed; {sys.executable} is {sys.version.split()[0]}. Try: make PYTHON=python3.12")'
	@echo "Setting up $(VENV) (once; a few minutes)"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PIP) --constraint constraints.txt $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	@$(PIP) --constraint constraints.txt hatchling editables
	@$(PIP) --constraint constraints.txt --no-build-isolation --editable '.[book,cluster,faiss,test]'
	@touch $@

$(LAB_STAMP): $(STAMP)
	@$(PIP) --constraint constraints.txt --no-build-isolation --editable '.[lab]'
	@touch $@

$(BENCH_STAMP): constraints.txt tests/benchmarks/requirements.txt tests/benchmarks/requirements-alone.txt
	@echo "Setting up $(BENCH_VENV) (once; a few minutes)"
	@test -x $(BENCH_VENV)/bin/python || $(PYTHON) -m venv $(BENCH_VENV)
	@$(BENCH_PIP) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	@$(BENCH_PIP) --requirement tests/benchmarks/requirements.txt
	@$(BENCH_PIP) --no-deps --requirement tests/benchmarks/requirements-alone.txt
	@touch $@
