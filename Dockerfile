# One Sluice node. Node 24 runs the sources as they are; only the devtool's page is built.
#
#   manifests, lockfile ─▶ packages ─┬─▶ page ─┐
#   sources ─────────────────────────┴─────────┴▶ node

FROM node:24-bookworm-slim AS packages
WORKDIR /sluice
RUN npm install --global --no-audit --no-fund pnpm@12.21.0
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/protocol/package.json packages/protocol/
COPY packages/core/package.json packages/core/
COPY packages/cluster/package.json packages/cluster/
COPY packages/node/package.json packages/node/
COPY packages/devtool/package.json packages/devtool/
RUN CI=true pnpm install --frozen-lockfile --prod --filter '@sluice/node...'
# Noted as scripts/setup does, or bin/sluice.js would set a read-only folder up at every start.
COPY scripts scripts
RUN node --input-type=module -e " \
  import { writeFileSync } from 'node:fs'; \
  import { checkout, placesIn } from '/sluice/scripts/setup/places.js'; \
  import { fingerprint, stampOf } from '/sluice/scripts/setup/fingerprint.js'; \
  const places = placesIn(checkout); \
  writeFileSync(places.stamp, stampOf(places, fingerprint(places)))"

FROM packages AS page
RUN CI=true pnpm install --frozen-lockfile --filter '@sluice/devtool...'
COPY tsconfig.base.json ./
COPY packages/core packages/core
COPY packages/devtool packages/devtool
RUN pnpm --filter @sluice/devtool build && node --input-type=module -e " \
  import { checkout, placesIn } from '/sluice/scripts/setup/places.js'; \
  import { noteDevtool } from '/sluice/scripts/setup/devtool.js'; \
  noteDevtool(placesIn(checkout))"

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /sluice
COPY --from=packages /sluice ./
COPY bin bin
COPY packages packages
COPY --from=page /sluice/packages/devtool/dist packages/devtool/dist
# A volume that is mounted here becomes this user's, as this folder is.
RUN install -d -o node -g node -m 700 /var/lib/sluice /var/lib/sluice/dumps
USER node
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --start-interval=1s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.SLUICE_PORT || 8000) + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Process 1 is the node itself: it hears SIGTERM and drains.
ENTRYPOINT ["node", "bin/sluice.js"]
CMD ["start"]
