# Built by the project's own set-up, so that a container and a laptop run the same locked files.
FROM python:3.13-slim AS build
WORKDIR /app
COPY web/__init__.py web/environment.py web/requirements.lock web/
COPY web/assets/ web/assets/
RUN ["python", "-c", "from web import environment; environment.prepare(environment.VENV, environment.steps('web'))"]
# Node.js and the style library were needed to build the styles, not to serve them. The account that serves may write
# nothing here, so Python compiles now what it would otherwise compile at each start.
RUN rm -rf .venv/node web/assets/node_modules && mkdir web/assets/node_modules \
    && python -m compileall -q .venv/lib

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home ledger && install -d -o ledger /data
WORKDIR /app
COPY --from=build /app/ ./
COPY domain/ domain/
COPY ledger/ ledger/
COPY projections/ projections/
COPY web/ web/
ENV PYTHONUNBUFFERED=1
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8000/health/live', timeout=4)"]
ENTRYPOINT ["python", "web"]
# Inside a container its own loopback reaches nobody: publish the port to the host's loopback only, -p 127.0.0.1:8000:8000.
CMD ["serve", "--data", "/data", "--port", "8000", "--listen", "0.0.0.0"]
