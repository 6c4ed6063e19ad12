import path from 'node:path';
import { Peers } from '../../conformance/peers.js';
import { projectRoot } from '../../start/project-root.js';
import { ChildServer } from './child-server.js';
import type { HttpWorld } from './http-world.js';
import type { RequestShape } from './load.js';

/** A real unleash-server on the same database server, asked for all of its flags as a frontend would. */
export async function startUnleash(
  world: HttpWorld,
  flags: number,
): Promise<{ server: ChildServer; question: RequestShape; version: string }> {
  const folder = path.join(projectRoot(), 'bench', 'http');
  const peers = new Peers(folder);
  await peers.install((line) => console.error(line));
  await world.database.query('CREATE DATABASE unleash');
  const databaseUrl = new URL(world.databaseUrl);
  databaseUrl.pathname = '/unleash';
  const server = await ChildServer.start({
    script: path.join(folder, 'unleash.mjs'),
    guard: world.guard,
    env: { DATABASE_URL: databaseUrl.toString(), FLAGS: String(flags) },
    withinMs: 180_000,
  });
  const address = '/api/frontend?plan=pro&country=DE&userId=user-uuuuuuuu';
  const bytes = Buffer.from(
    `GET ${address} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${server.said.key}\r\n\r\n`,
  );
  return {
    server,
    question: { bytes, unitAt: bytes.indexOf('uuuuuuuu') },
    version: peers.versionOf('unleash-server'),
  };
}
