# The agent's image:
#   docker build -t grafana/beyla .
#   docker run --privileged --pid=host -e BEYLA_OPEN_PORT=8080 -e BEYLA_TRACE_PRINTER=text grafana/beyla
# There is no syntax line: it would make the builder fetch a frontend, and the built-in one knows all that is used here.

ARG BUILD_BASE=debian:trixie-slim
ARG BASE=debian:trixie-slim

FROM ${BUILD_BASE} AS build
WORKDIR /src
# First what changes rarely: the compilers and the pinned Node.js with the libraries, by the same lists as on a machine.
# Networks with an authority or a registry of their own give both as secrets, which never reach a layer:
#   --secret id=ca,src=/etc/ssl/certs/ca-certificates.crt --secret id=npmrc,src=$HOME/.npmrc
COPY package.json package-lock.json .npmrc ./
COPY scripts/install.sh scripts/packages.txt scripts/
RUN --mount=type=secret,id=ca --mount=type=secret,id=npmrc,target=/root/.npmrc \
    if [ -s /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    scripts/install.sh packages.txt
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
RUN mkdir -p /out/bin /out/build/native /out/build/bpf /out/build/node/bin && \
    cp bin/beyla /out/bin/ && \
    cp build/beyla.mjs /out/build/ && \
    cp build/native/kernel.node /out/build/native/ && \
    cp build/bpf/*.bpf.o /out/build/bpf/ && \
    cp -L build/node/bin/node /out/build/node/bin/ && \
    cp -L build/node/LICENSE /out/build/node/

FROM ${BASE} AS runtime
RUN --mount=type=bind,source=image,target=/image /image/packages.sh /image/runtime-packages.txt
COPY --from=build /out /opt/beyla
# bin/beyla follows the link to find the rest.
RUN ln -s /opt/beyla/bin/beyla /beyla
LABEL org.opencontainers.image.title="Beyla in TypeScript" \
      org.opencontainers.image.description="Watches Linux processes from outside with eBPF: RED metrics and OpenTelemetry traces" \
      org.opencontainers.image.licenses="Apache-2.0"
# Root, since Docker gives the capabilities that eBPF takes to nobody else.
ENTRYPOINT ["/beyla"]
