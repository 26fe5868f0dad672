FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements-run.lock ./
# Without a pip of its own: what runs installs nothing.
RUN python -m venv --without-pip /app/.venv \
    && python -m pip --python /app/.venv/bin/python install --no-cache-dir --no-compile --no-deps --require-hashes --requirement requirements-run.lock \
    && python -m compileall -q /app/.venv

FROM python:3.13-slim
# For right-to-left titles on the digest's picture: Pillow loads it when it is there. Debian keeps one version of it.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libfribidi0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 opinions \
    && install --directory --owner=opinions /app/data
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HEALTH_PORT=9464
COPY --from=build /app/.venv .venv
COPY LICENSE ./
COPY bot bot
COPY domain domain
COPY storage storage
COPY integrations integrations
COPY migrations migrations
USER 10001
VOLUME /app/data
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s CMD ["python", "-m", "bot", "health"]
CMD ["python", "-m", "bot", "run"]
