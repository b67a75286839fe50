# Build: everything that is needed to make dist/, and nothing of it goes on.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
# The pages and the SDK are files of the build: a gateway without them would start, and show nobody anything.
RUN npm run build && npm prune --omit=dev \
  && for file in main.js web/meeting.html web/meeting.js web/console.html web/console.js client/index.js client/media.js; \
  do test -s "dist/$file" || { echo "dist/$file is missing"; exit 1; }; done

# Run: Node, the dependencies of the gateway, dist/. Not root, nothing writable.
FROM node:22-bookworm-slim
ENV NODE_ENV=production ADMITONE_HOST=0.0.0.0
WORKDIR /app
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist ./dist
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ADMITONE_PORT || 8080}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
