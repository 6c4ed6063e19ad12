import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EdgeState } from './edge-state.js';
import { InlineLoader } from './loading/loader.js';
import { SnapshotFollower } from './follower.js';
import { SnapshotDisk } from './snapshot-disk.js';

describe('an edge that starts while the database takes connections and says nothing', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'contender-follower-'));
  const sockets: Socket[] = [];
  let server: Server;
  let url: string;

  beforeAll(async () => {
    jest.spyOn(console, 'error').mockReturnValue();
    server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `postgres://someone@127.0.0.1:${(server.address() as AddressInfo).port}/none`;
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
    jest.restoreAllMocks();
  });

  it('answers from the disk before it has given up asking', async () => {
    const disk = new SnapshotDisk(folder);
    await disk.write({ confirmedAtMs: 1, access: { keys: [], secrets: { production: 's' } }, rulesets: [] });
    const state = new EdgeState();
    const follower = new SnapshotFollower(
      url,
      state,
      new InlineLoader({ dataDir: folder, databaseUrl: url }),
    );
    await follower.start(disk.read());
    expect(sockets.map(({ readableEnded, destroyed }) => readableEnded || destroyed)).toEqual([false]);
    expect(state.environment('production')).not.toBeNull();
    await follower.stop();
  });
});
