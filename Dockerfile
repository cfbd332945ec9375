# The gateway:      docker build --tag fieldgate .
# The Demand API emulator: docker build --target emulator --tag fieldgate-emulator .
#
# Pin the base image where you build, so that updates are yours to take:
#     --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:<digest>
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY build.mjs tsconfig.json LICENSE ./
COPY scripts scripts
COPY src src
RUN node build.mjs \
  && node scripts/licenses.mjs --texts > THIRD-PARTY-LICENSES.txt \
  && find dist -name '*.map' -delete \
  && rm -r dist/graphql

# The bundle contains all packages but one with native code, which only the emulator needs.
FROM base AS production-dependencies
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund \
  && mkdir -p emulator/node_modules \
  && mv node_modules/libsql node_modules/@libsql node_modules/@neon-rs emulator/node_modules

FROM base AS program
ENV NODE_ENV=production
COPY --from=build /app/package.json /app/LICENSE /app/THIRD-PARTY-LICENSES.txt ./
COPY --from=build /app/dist dist
# The user `node` of the image. Kubernetes can tell only from a number that it is not root.
USER 1000:1000
STOPSIGNAL SIGTERM

FROM program AS emulator
COPY --from=production-dependencies /app/emulator/node_modules node_modules
EXPOSE 4010
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4010/__emulator').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/emulator/main.js", "--host", "0.0.0.0", "--port", "4010", "--data", ":memory:", "--control"]

FROM program AS gateway
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Fieldgate" \
  org.opencontainers.image.description="A GraphQL gateway over the Demand API" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
ENV HOST=0.0.0.0 \
  PORT=4000 \
  METRICS_PORT=9464
EXPOSE 4000 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The flags of `npm start`.
ENTRYPOINT ["node", "--max-semi-space-size=64", "dist/main.js"]
