FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements-run.lock ./
RUN python -m venv /app/.venv \
    && /app/.venv/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement requirements-run.lock

FROM python:3.13-slim
# For right-to-left titles on the digest's picture: Pillow loads it when it is there.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libfribidi0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 opinions \
    && install --directory --owner=opinions /app/data
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1
COPY --from=build /app/.venv .venv
COPY LICENSE ./
COPY bot bot
COPY domain domain
COPY storage storage
COPY integrations integrations
COPY migrations migrations
USER opinions
VOLUME /app/data
CMD ["python", "-m", "bot", "run"]
