import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FolderLocked, lockFolder } from './folder-lock.js';
import { Spool, type SpoolOptions } from './spool.js';
import { createFile, type OpenFile } from './spool-writer.js';

describe('a spool', () => {
  let folder: string;
  let opened: Spool[] = [];
  const dead: Spool[] = [];
  const damages: unknown[] = [];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'contender-spool-'));
    damages.length = 0;
  });
  afterEach(async () => {
    await Promise.all([...opened, ...dead.splice(0)].map((spool) => spool.close()));
    opened = [];
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (more: Partial<SpoolOptions> = {}): Promise<Spool> => {
    const spool = await Spool.open({
      folder,
      maxBytes: 1_000_000,
      segmentBytes: 100_000,
      onDamage: (damage) => damages.push(damage),
      ...more,
    });
    opened.push(spool);
    return spool;
  };
  /** What a process that was killed leaves: the files, and a lock of nobody. */
  const killed = (spool: Spool): void => {
    opened = opened.filter((one) => one !== spool);
    dead.push(spool);
    rmSync(path.join(folder, 'spool.lock'), { force: true });
  };
  const put = (spool: Spool, text: string): Promise<void> => spool.append(Buffer.from(text));
  const take = async (spool: Spool, maxBytes = 1000): Promise<string[]> => {
    const all: string[] = [];
    for (;;) {
      const some = await spool.next(maxBytes);
      if (!some) return all;
      all.push(...some.map(String));
      spool.release();
    }
  };
  const segments = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.spool'));
  const texts = (count: number): string[] =>
    Array.from({ length: count }, (_, n) => `record ${n} ${'x'.repeat(n % 50)}`);

  it('gives records back in order and then the disk', async () => {
    const spool = await start({ segmentBytes: 500 });
    const sent = texts(60);
    await Promise.all(sent.map((text) => put(spool, text)));
    for (const text of sent) await put(spool, `later ${text}`);
    expect(segments().length).toBeGreaterThan(3);
    expect(await take(spool)).toEqual([...sent, ...sent.map((text) => `later ${text}`)]);
    expect(segments()).toEqual([]);
    expect([spool.empty, spool.bytes]).toEqual([true, 0]);
    await put(spool, 'one more');
    expect(await take(spool)).toEqual(['one more']);
  });

  it('reads the same records again until they are released', async () => {
    const spool = await start();
    await put(spool, 'a');
    await put(spool, 'b');
    expect((await spool.next(1))?.map(String)).toEqual(['a']);
    expect((await spool.next(1))?.map(String)).toEqual(['a']);
    spool.release();
    expect((await spool.next(1))?.map(String)).toEqual(['b']);
  });

  it('has everything it acknowledged after its process was killed', async () => {
    const first = await start({ segmentBytes: 300 });
    for (const text of texts(20)) await put(first, text);
    killed(first);
    const second = await start();
    await put(second, 'of the second');
    expect(await take(second)).toEqual([...texts(20), 'of the second']);
  });

  it('reads again what was released when the rest of the segment was not', async () => {
    const first = await start();
    for (const text of ['a', 'b', 'c']) await put(first, text);
    await first.next(1);
    first.release();
    killed(first);
    expect(await take(await start())).toEqual(['a', 'b', 'c']);
  });

  it('cuts off a last record that was not written to its end, wherever the write stopped', async () => {
    const first = await start();
    await put(first, 'whole');
    await put(first, 'the last one');
    killed(first);
    const file = path.join(folder, segments()[0]!);
    const bytes = readFileSync(file);
    const whole = bytes.length - 'the last one'.length - 8;
    for (let size = 0; size < bytes.length; size += 1) {
      writeFileSync(file, bytes.subarray(0, size));
      const spool = await start();
      expect(await take(spool)).toEqual(size >= whole ? ['whole'] : []);
      if (size > whole) expect(spool.cutBytes).toBe(size - whole);
      await spool.close();
      opened = [];
    }
    expect(damages).toEqual([]);
  });

  it('takes zeros at the end, which a loss of power may leave, for no record', async () => {
    const first = await start();
    await put(first, 'whole');
    killed(first);
    appendFileSync(path.join(folder, segments()[0]!), Buffer.alloc(64));
    expect(await take(await start())).toEqual(['whole']);
  });

  it('steps over a record that was damaged and tells of it', async () => {
    const first = await start();
    for (const text of ['first', 'second', 'third']) await put(first, text);
    killed(first);
    const file = path.join(folder, segments()[0]!);
    const bytes = readFileSync(file);
    bytes[bytes.indexOf('second')]! ^= 1;
    writeFileSync(file, bytes);
    expect(await take(await start())).toEqual(['first', 'third']);
    expect(damages).toEqual([{ file, at: 8 + 8 + 5, aside: null }]);
  });

  it('puts a segment aside that it cannot read on, and goes on with the next', async () => {
    const first = await start({ segmentBytes: 10 });
    for (const text of ['first', 'second', 'third']) await put(first, text);
    killed(first);
    const [, broken] = segments();
    const file = path.join(folder, broken!);
    truncateSync(file, readFileSync(file).length - 2);
    writeFileSync(path.join(folder, segments()[0]!), 'something else altogether');
    expect(await take(await start())).toEqual(['third']);
    expect(damages).toHaveLength(2);
    expect(readdirSync(folder).filter((name) => name.endsWith('.damaged'))).toHaveLength(2);
  });

  it('refuses what is beyond its limit and has room again when it was read', async () => {
    const spool = await start({ maxBytes: 100 });
    await put(spool, 'x'.repeat(60));
    await expect(put(spool, 'y'.repeat(60))).rejects.toMatchObject({ code: 'SPOOL_FULL' });
    expect(await take(spool)).toEqual(['x'.repeat(60)]);
    await put(spool, 'y'.repeat(60));
    expect(await take(spool)).toEqual(['y'.repeat(60)]);
  });

  it('loses nothing it acknowledged when the disk is full, and takes more when it is not', async () => {
    // The kernel's own answer: half of a group lands in the file, the rest meets a device without room.
    let full = false;
    const openFile: OpenFile = async (file) => {
      const real = await createFile(file);
      return {
        writev: async (buffers: readonly NodeJS.ArrayBufferView[], position?: number) => {
          if (!full) return real.writev(buffers, position);
          const half = Buffer.concat(buffers as Uint8Array[]).subarray(0, 12);
          await real.write(half, 0, half.length, position);
          const device = await open('/dev/full', 'w');
          return device.writev(buffers).finally(() => device.close());
        },
        datasync: () => real.datasync(),
        truncate: (size?: number) => real.truncate(size),
        close: () => real.close(),
      } as Awaited<ReturnType<OpenFile>>;
    };
    const spool = await start({ openFile });
    await put(spool, 'before');
    full = true;
    const refused = await Promise.allSettled([put(spool, 'during 1'), put(spool, 'during 2')]);
    expect(
      refused.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'kept')),
    ).toEqual(['SPOOL_FULL', 'SPOOL_FULL']);
    await expect(put(spool, 'during 3')).rejects.toMatchObject({ code: 'SPOOL_FULL' });
    full = false;
    await put(spool, 'after');
    killed(spool);
    expect(await take(await start())).toEqual(['before', 'after']);
    expect(damages).toEqual([]);
  });

  it('syncs many callers at once in groups', async () => {
    let syncs = 0;
    const openFile: OpenFile = async (file) => {
      const handle = await createFile(file);
      const datasync = handle.datasync.bind(handle);
      handle.datasync = () => {
        syncs += 1;
        return datasync();
      };
      return handle;
    };
    const spool = await start({ openFile });
    await Promise.all(texts(200).map((text) => put(spool, text)));
    expect(syncs).toBeLessThan(20);
    expect(await take(spool)).toHaveLength(200);
  });

  it('reads while it is written to and gives every record once', async () => {
    const spool = await start({ segmentBytes: 2000 });
    const sent = texts(500);
    const got: string[] = [];
    let done = false;
    const reading = (async () => {
      while (!done || !spool.empty) {
        got.push(...(await take(spool, 300)));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let from = 0; from < sent.length; from += 7) {
      await Promise.all(sent.slice(from, from + 7).map((text) => put(spool, text)));
    }
    done = true;
    await reading;
    expect(got).toEqual(sent);
  });

  it('keeps a record that is longer than what is read at once', async () => {
    const spool = await start();
    await put(spool, 'x'.repeat(50_000));
    expect(await take(spool, 100)).toEqual(['x'.repeat(50_000)]);
  });

  it('belongs to one process', async () => {
    await start();
    await expect(start()).rejects.toThrow(FolderLocked);
  });

  it('takes nothing after it was closed', async () => {
    const spool = await start();
    await spool.close();
    await expect(put(spool, 'late')).rejects.toMatchObject({ code: 'SPOOL_FAILED' });
    expect(existsSync(path.join(folder, 'spool.lock'))).toBe(false);
  });
});

describe('the lock of a folder', () => {
  it('of a process that is gone, or whose id went to another one, is taken over', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'contender-lock-'));
    try {
      for (const holder of [
        JSON.stringify({ pid: 4_194_304, began: '1' }),
        JSON.stringify({ pid: process.pid, began: 'at another time' }),
        'half a fi',
      ]) {
        writeFileSync(path.join(folder, 'a.lock'), holder);
        const unlock = lockFolder(folder, 'a.lock');
        expect(() => lockFolder(folder, 'a.lock')).toThrow(FolderLocked);
        unlock();
      }
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
