# One image for every process; docker-compose.yml says which one a container runs.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# PostgreSQL is a container of its own here: no embedded binaries (they are the only optional packages of ours).
RUN npm install --no-audit --no-fund --no-save
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
COPY migrations migrations
RUN npx nest build && npm prune --omit=dev --omit=optional --no-audit --no-fund

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# The edge keeps its snapshots here; a volume keeps them over a restart.
RUN mkdir /data && chown node:node /data
USER node
ENV CONTENDER_DATA_DIR=/data
CMD ["node", "dist/apps/control/src/main.js"]
