# A small image with the program and nothing else: `docker run --rm -v "$PWD:/work" elbow build ...`.
FROM rust:1.92-bookworm AS program
WORKDIR /elbow
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim
COPY --from=program /elbow/target/release/elbow /usr/local/bin/elbow
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/elbow"]
