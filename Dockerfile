# The agent's image:
#   docker build -t grafana/beyla .
#   docker run --privileged --pid=host -e BEYLA_OPEN_PORT=8080 -e BEYLA_TRACE_PRINTER=text grafana/beyla
# The variant that runs as a user other than root: --target nonroot, see docs/docker.md.
# There is no syntax line: it would make the builder fetch a frontend, and the built-in one knows all that is used here.

# Its clang 14 makes kernel programs that every verifier follows; those of later ones can be too much for it.
ARG BUILD_BASE=node:24.21.0-bookworm-slim
ARG BASE=debian:trixie-slim

FROM ${BUILD_BASE} AS build
WORKDIR /src
# First what changes rarely: the compilers and the pinned Node.js with the libraries, by the same lists as on a machine.
# Networks with an authority or a registry of their own give both as secrets, which never reach a layer:
#   --secret id=ca,src=/etc/ssl/certs/ca-certificates.crt --secret id=npmrc,src=$HOME/.npmrc
COPY package.json package-lock.json .npmrc ./
COPY scripts/install.sh scripts/packages.txt scripts/
COPY image/build-packages.txt scripts/
RUN --mount=type=secret,id=ca --mount=type=secret,id=npmrc,target=/root/.npmrc \
    if [ -s /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    scripts/install.sh packages.txt build-packages.txt
COPY scripts/libbpf.sh scripts/
RUN scripts/libbpf.sh
COPY Makefile ./
COPY scripts scripts
COPY bpf bpf
COPY native native
COPY src src
RUN make -j"$(nproc)" all
COPY bin bin
# The part of the tree that runs, laid out as in a checkout, so that bin/beyla works unchanged and its flags are written once.
RUN mkdir -p /out/bin /out/build/native /out/build/bpf && \
    cp bin/beyla /out/bin/ && \
    cp build/beyla.cjs build/health.cjs /out/build/ && \
    cp build/native/kernel.node /out/build/native/ && \
    cp build/bpf/*.bpf.o /out/build/bpf/
RUN mkdir -p /node /node-nonroot && \
    strip -o /node/node build/node/bin/node && \
    cp /node/node /node-nonroot/node && \
    setcap cap_bpf,cap_perfmon,cap_sys_ptrace,cap_dac_read_search,cap_checkpoint_restore+ep /node-nonroot/node

FROM ${BASE} AS rootfs
COPY image/rootfs.sh image/runtime-packages.txt /
RUN /rootfs.sh /runtime-packages.txt /rootfs

FROM build AS inventory
COPY LICENSE ./
COPY image image
COPY --from=rootfs /rootfs/var/lib/dpkg/status.d /status.d
RUN build/node/bin/node image/inventory.ts /status.d /inventory

FROM scratch AS agent
COPY --from=rootfs /rootfs /
COPY --from=build /out /opt/beyla
COPY --from=inventory /inventory /usr/share/doc/beyla
LABEL org.opencontainers.image.title="Beyla in TypeScript" \
      org.opencontainers.image.description="Watches Linux processes from outside with eBPF: RED metrics and OpenTelemetry traces" \
      org.opencontainers.image.licenses="Apache-2.0"
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.version="${VERSION}" org.opencontainers.image.revision="${REVISION}"
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["/beyla", "health"]
ENTRYPOINT ["/beyla"]

FROM agent AS nonroot
COPY --from=build /node-nonroot/node /opt/beyla/build/node/bin/node
USER 65532:65532

# Root, since Docker gives capabilities to nobody else.
FROM agent AS runtime
COPY --from=build /node/node /opt/beyla/build/node/bin/node
