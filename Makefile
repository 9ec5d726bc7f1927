# Two commands are enough: make build, make test.
# They need Python 3.11 or newer and make; the rest comes from the package index.
UV := .uv/bin/uv
# uv in one version, with the hashes of its files; all else comes from uv.lock, which has them too
UV_HASHES := tools/uv/requirements.txt
UV_PIN := .uv/installed
RUN := $(UV) run --frozen

# an environment that happens to be active is not this project's
unexport VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH UV_PROJECT_ENVIRONMENT
unexport ARR_LEDGER_POSTGRES DBT_PROJECT_DIR DBT_PROFILES_DIR DBT_TARGET DBT_TARGET_PATH DBT_LOG_PATH
export PATH := $(CURDIR)/.uv/bin:$(PATH)
export UV_PYTHON_DOWNLOADS := never
# compiled once: without it every start of dbt compiles its thousand files where none may be written
export UV_COMPILE_BYTECODE := 1
# trust what the machine trusts: many companies sign their own traffic
export UV_SYSTEM_CERTS := 1
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: build test lint prove torture mutate benchmark dagster semantic spark docs picture sample clean bootstrap

build: bootstrap  ## the sample company into arr_ledger.duckdb, with every data test
	$(RUN) python -m arr_ledger.build --full-refresh
	$(RUN) arr-ledger summary

test: bootstrap lint  ## the whole suite; it builds the sample company into a file of its own
	$(RUN) pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: bootstrap  ## SQL, property files, layering, Python
	$(RUN) python -m tools.lint

mutate: bootstrap  ## deliberate mistakes in the models, and how many of them the tests notice
	$(RUN) python -m tools.mutation

prove: bootstrap  ## 50,000 random books against the oracle, to the cent; 2,000 with every data test; the sample in its other modes
	ARR_LEDGER_PROVE=1 $(RUN) pytest tests/python/test_sample_in_other_modes.py tests/python/test_determinism.py tests/python/test_data_tests.py
	PYTHONPATH=tests/python $(RUN) python -m oracle.data_tests
	PYTHONPATH=tests/python $(RUN) python -m oracle --books $(or $(BOOKS),50000)

torture: bootstrap  ## refreshes killed at random points while a BI session reads: 40 whole ones, 250 publish steps
	ARR_LEDGER_TORTURE=1 $(RUN) pytest --numprocesses 2 --dist loadfile tests/python/torture tests/python/test_refresh_publish.py

benchmark: bootstrap  ## books of 10 k, 100 k and 1 M customers, against the spine and the floor
	$(RUN) python -m benchmarks

dagster: bootstrap  ## the Dagster example, in an environment of its own
	$(RUN) dbt parse --target-path target
	cd examples/dagster && DAGSTER_DISABLE_TELEMETRY=1 $(CURDIR)/$(UV) run --frozen pytest --quiet

semantic: bootstrap  ## the semantic layer compared with the marts that make build made, in an environment of its own
	ARR_LEDGER_SEMANTIC_LAYER=1 $(RUN) dbt --quiet parse --no-partial-parse --target-path target/semantic
	cd tools/semantic && $(CURDIR)/$(UV) run --frozen pytest --quiet

spark: bootstrap  ## a Spark cluster on this machine, in an environment of its own: every mart compared with DuckDB, faults, releases
	cd tools/spark && $(CURDIR)/$(UV) sync --frozen --quiet
	tools/spark/.venv/bin/python -m tools.spark prove $(STEPS)

docs: bootstrap  ## the documentation as a site that opens without a network: target/site/index.html
	$(RUN) dbt --quiet docs generate --static
	$(RUN) python -m tools.docs

picture: bootstrap  ## the pictures of the README
	$(RUN) python -m arr_ledger.bridge_picture
	$(RUN) python -m arr_ledger.board.picture

sample: bootstrap  ## the extracts and the answer key of the sample company
	$(RUN) python -m arr_ledger.sample

clean:  ## everything that make made, but not your databases elsewhere
	rm -rf .uv .venv tools/dbt_bouncer/.venv tools/semantic/.venv tools/spark/.venv examples/dagster/.venv build target logs arr_ledger.duckdb arr_ledger.duckdb.wal

bootstrap: $(UV_PIN)
	@$(UV) sync --frozen --quiet

$(UV_PIN): $(UV_HASHES)
	rm -rf .uv && python3 -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --only-binary :all: --requirement $(UV_HASHES)
	@touch $@
