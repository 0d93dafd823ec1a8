# One image, three programs: target `worker` runs generations, target `console` is the operator's room, target `emulator`
# is a Gemini without a key.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No install scripts: native modules come as prebuilt packages, and this image is the Node that runs.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && rm -f dist/.*.tsbuildinfo

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json docker/production-manifest.mjs ./
RUN node production-manifest.mjs && npm install --ignore-scripts --no-audit --no-fund

FROM node:24-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
# Temporal's native module verifies TLS against the system's certificates.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
  && mkdir -p /var/lib/gemini-images && chown node:node /var/lib/gemini-images
COPY --from=dependencies /app/package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY docker/worker-health.mjs LICENSE ./
ENV GEMINI_IMAGES_STORE=/var/lib/gemini-images
USER node
ENTRYPOINT ["node", "dist/src/cli/main.js"]

FROM runtime AS emulator
ENV GEMINI_IMAGES_EMULATOR_HOST=0.0.0.0 GEMINI_IMAGES_EMULATOR_PORT=8787
EXPOSE 8787
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=12 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.GEMINI_IMAGES_EMULATOR_PORT}/__emulator/state`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["emulator"]

FROM runtime AS console
VOLUME /var/lib/gemini-images
EXPOSE 8480
# Whatever it answers, it is there: that Temporal is away is told by its pages.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8480/login').then((r) => process.exit(r.status < 500 ? 0 : 1), () => process.exit(1))"]
CMD ["console", "--host", "0.0.0.0"]

FROM runtime AS worker
VOLUME /var/lib/gemini-images
HEALTHCHECK --interval=30s --timeout=15s --start-period=30s --retries=3 CMD ["node", "worker-health.mjs"]
CMD ["worker"]
