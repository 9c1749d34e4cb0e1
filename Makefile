# Everything below needs a Rust toolchain and make; cargo fetches the rest.
CONFIGS ?= $(wildcard config/*.toml)

.PHONY: figures test test-page lint bench clean

# All figures of all configs, with numbers and reports beside them.
figures:
	cargo run --quiet --release --locked -- build $(CONFIGS)

test:
	cargo test --locked

# The page of `elbow watch --serve` in a browser; needs Chromium and chromedriver.
test-page:
	cargo test --locked --test live -- --ignored --nocapture

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

bench:
	cargo bench --locked --bench lecture

# What cargo built; the figures stay.
clean:
	cargo clean
