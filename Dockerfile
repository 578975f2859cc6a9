# The service, its model and its encodings; no articles. Starts with no network.
#
#   docker build -t qa-service .
#   docker run -p 8000:8000 -e QA_API_KEY=… -v qa-index:/var/lib/qa-service/index qa-service
#
# TORCH_INDEX_URL may name a package index with CPU-only builds of PyTorch; the default one brings CUDA on x86-64,
# which this service never uses and which makes the image some 4 GB larger.

FROM python:3.11-slim AS build
ARG TORCH_INDEX_URL=
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/qa-service
ENV PATH=/opt/qa-service/bin:$PATH
WORKDIR /src
# torch first and by itself, so that nothing else decides which build of it is installed; and it changes least.
COPY constraints.txt ./
RUN pip install -c constraints.txt ${TORCH_INDEX_URL:+--no-deps --index-url "$TORCH_INDEX_URL"} torch
COPY pyproject.toml LICENSE NOTICE ./
COPY qa_service ./qa_service
COPY tiktoken_ext ./tiktoken_ext
RUN pip install -c constraints.txt .
# Not at the first start on somebody's server: here it shows whether model and encoding are whole and load offline.
ENV HF_HUB_OFFLINE=1 QA_INDEX=/tmp/index
WORKDIR /tmp
RUN echo "The image holds the model and the encoding." > check.txt \
    && qa-service ingest check.txt \
    && qa-service ask "What does the image hold?" \
    && qa-service verify

FROM python:3.11-slim
RUN groupadd --gid 10001 qa \
    && useradd --uid 10001 --gid qa --no-create-home --home-dir /var/lib/qa-service --shell /usr/sbin/nologin qa \
    && install -d -o qa -g qa /var/lib/qa-service /var/lib/qa-service/index
COPY --from=build /opt/qa-service /opt/qa-service
ENV PATH=/opt/qa-service/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    QA_HOST=0.0.0.0 \
    QA_PORT=8000 \
    QA_INDEX=/var/lib/qa-service/index
USER 10001:10001
WORKDIR /var/lib/qa-service
VOLUME /var/lib/qa-service/index
EXPOSE 8000
STOPSIGNAL SIGTERM
# Not through urllib: it would send the check through a proxy where HTTP_PROXY is set.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, sys, http.client as h; c = h.HTTPConnection('127.0.0.1', int(os.environ['QA_PORT']), timeout=4); c.request('GET', '/readyz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["qa-service"]
CMD ["serve"]
