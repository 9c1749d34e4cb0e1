# Everything below needs a Rust toolchain and make; cargo fetches the rest.
CONFIGS ?= $(wildcard config/*.toml)

.PHONY: figures test lint bench clean

# All figures of all configs, with numbers and reports beside them.
figures:
	cargo run --quiet --release --locked -- build $(CONFIGS)

test:
	cargo test --locked

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

bench:
	cargo bench --locked --bench lecture

# What cargo built; the figures stay.
clean:
	cargo clean
