# Everything below needs a Rust toolchain and make; cargo fetches the rest.
CONFIGS ?= $(wildcard config/*.toml)

.PHONY: figures test test-page test-parquet verify lint bench compare miri clean

# All figures of all configs, with numbers and reports beside them.
figures:
	cargo run --quiet --release --locked -- build $(CONFIGS)

test:
	cargo test --locked

# The page of `elbow watch --serve` in a browser; needs Chromium and chromedriver.
test-page:
	cargo test --locked --test live -- --ignored --nocapture

# The data source `parquet`, which only a program with that feature has.
test-parquet:
	cargo test --locked --features parquet --test data_parquet
	cargo test --locked --features parquet --lib --test fuzz_readers parquet

# Fits against scikit-learn itself, 216 of them with seeds that no test has; needs Python 3.11 or later,
# and pip fetches the versions that the tests' numbers are from. `VERIFY=--offset=1` takes other seeds.
verify: target/verify/ready
	cargo build --release --locked
	target/verify/bin/python tests/verify/scikit_learn.py target/release/elbow $(VERIFY)

target/verify/ready: tests/verify/requirements.txt
	python3 -m venv target/verify
	target/verify/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

bench:
	cargo bench --locked --bench passes --bench lecture

# An iteration's time and a fit's peak memory beside numpy's and scikit-learn's, as a table; needs what
# `verify` needs. `COMPARE=--repeats=3` is faster.
compare: target/verify/ready
	cargo build --release --locked
	target/verify/bin/python benches/compare.py --growth --memory $(COMPARE)

# The passes in every kind of registers, and the one `unsafe` module, under Miri; needs a nightly
# toolchain with the component `miri`. Thread pools that are never joined count as leaks there.
miri:
	MIRIFLAGS="-Zmiri-tree-borrows -Zmiri-ignore-leaks" \
	RUSTFLAGS="-C target-feature=+avx2,+fma,+avx512f,+avx512dq,+avx512vl" \
	cargo +nightly miri test --locked --lib --target-dir target/miri kernel::tests

# What cargo built; the figures stay.
clean:
	cargo clean
