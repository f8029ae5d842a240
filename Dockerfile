# syntax=docker/dockerfile:1

# Build: the toolchain is named in Cargo.toml (rust-version).
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# The caches keep registry and compiled dependencies between builds; the binary is copied
# out because a cache mount is no part of the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package consortia-api --bin consortia \
    && install -D -m 0755 target/release/consortia /out/consortia

# Run: nothing but the binary, its data folder and an ordinary user.
FROM debian:bookworm-slim
# Certificates let it verify a PostgreSQL server that speaks TLS.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 consortia \
    && useradd --system --uid 10001 --gid consortia --home-dir /var/lib/consortia --create-home consortia \
    && chmod 0700 /var/lib/consortia
COPY --from=build /out/consortia /usr/local/bin/consortia
USER 10001:10001
WORKDIR /var/lib/consortia
ENV CONSORTIA_LISTEN=0.0.0.0:8080 \
    CONSORTIA_DATA_DIR=/var/lib/consortia
VOLUME /var/lib/consortia
EXPOSE 8080
STOPSIGNAL SIGTERM
# bash speaks TCP itself, so that the image needs no HTTP client.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["consortia"]
CMD ["serve"]
