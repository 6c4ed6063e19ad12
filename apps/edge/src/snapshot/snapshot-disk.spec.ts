import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { aDelta, aLargeText } from '../testing/edge.fixtures.js';
import { type Kept, SnapshotDisk } from './snapshot-disk.js';

const published = (version: number) => ({ environment: 'production', version, body: aLargeText(version) });
const access = { keys: [], secrets: { production: 'one' } };
const other = { keys: [], secrets: { production: 'two' } };
const step = (version: number) => ({ environment: 'production', text: aDelta(version) });

describe('the snapshot on disk', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'contender-edge-'));
  const file = path.join(folder, 'edge', 'snapshot.json');
  const logFile = path.join(folder, 'edge', 'snapshot.log');
  const first: Kept = { confirmedAtMs: 5, access, rulesets: [published(3)] };
  const read = () => new SnapshotDisk(folder).read();
  let said: string[];

  beforeEach(() => {
    said = [];
    jest
      .spyOn(console, 'error')
      .mockImplementation((line: string) => void said.push(JSON.parse(line).message));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(path.join(folder, 'edge'), { recursive: true, force: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('comes back as it was written, readable by its owner only', async () => {
    const disk = new SnapshotDisk(folder);
    expect(disk.read()).toBeNull();
    await disk.write({ ...first, confirmedAtMs: 1 });
    await disk.write(first);
    expect(read()).toEqual(first);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['changed', (text: string) => text.replace('old@1', 'new@1')],
    ['cut off', (text: string) => text.slice(0, -10)],
    ['empty', () => ''],
  ])('is not used when it is %s', async (_how, damage) => {
    await new SnapshotDisk(folder).write(first);
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    expect(read()).toBeNull();
  });

  /** What is to be read after as many appended records. */
  const kept: Kept[] = [
    first,
    { ...first, confirmedAtMs: 6, rulesets: [published(4)] },
    { ...first, confirmedAtMs: 7, rulesets: [published(4)] },
    { confirmedAtMs: 8, access: other, rulesets: [published(4)] },
    { confirmedAtMs: 9, access: other, rulesets: [published(7)] },
  ];
  const appendAll = async (disk: SnapshotDisk): Promise<void> => {
    await disk.append({ confirmedAtMs: 6, deltas: [step(4)] });
    await disk.append({ confirmedAtMs: 7 });
    await disk.append({ confirmedAtMs: 8, access: other });
    await disk.append({ confirmedAtMs: 9, deltas: [step(5), step(6), step(7)] });
  };

  it('comes back with what was appended, readable by its owner only', async () => {
    const disk = new SnapshotDisk(folder);
    await disk.write(first);
    const before = readFileSync(file);
    await appendAll(disk);
    expect(readFileSync(file)).toEqual(before);
    expect(read()).toEqual(kept[4]);
    expect(statSync(logFile).mode & 0o777).toBe(0o600);
    expect(said).toEqual([]);
  });

  it('is as it was after one of the keepings, wherever the log was cut off', async () => {
    const disk = new SnapshotDisk(folder);
    await disk.write(first);
    await appendAll(disk);
    const whole = readFileSync(logFile);
    // Ends of lines, what is just before and after them, and places in between.
    const ends = [...whole.keys()].filter((at) => whole[at] === 10);
    const cuts = [...ends.flatMap((end) => [end - 1, end, end + 1, end + 2]), 0, 1, 900, whole.length - 900];
    for (const cut of cuts) {
      writeFileSync(logFile, whole.subarray(0, cut));
      const lines = ends.filter((end) => end < cut).length;
      expect(read()).toEqual(kept[Math.max(0, lines - 1)]);
    }
    expect(said).toContain('the end of the log on disk is torn and is not used');
  });

  it('is not led astray by a line that was changed: what comes after it is not used either', async () => {
    const disk = new SnapshotDisk(folder);
    await disk.write(first);
    await appendAll(disk);
    const text = readFileSync(logFile, 'utf8');
    writeFileSync(logFile, text.replace('"confirmedAtMs":7', '"confirmedAtMs":6'));
    expect(read()).toEqual(kept[1]);
    writeFileSync(logFile, text.replace(/.*"confirmedAtMs":7.*\n/, ''));
    expect(read()).toEqual(kept[1]);
  });

  it('leaves a log alone that is of an older snapshot, as a crash between renaming and emptying leaves it', async () => {
    const disk = new SnapshotDisk(folder);
    await disk.write(first);
    await appendAll(disk);
    const aside = `${logFile}.aside`;
    copyFileSync(logFile, aside);
    await disk.write(kept[4]!);
    copyFileSync(aside, logFile);
    expect(read()).toEqual(kept[4]);
    await disk.append({ confirmedAtMs: 10 });
    expect(read()).toEqual({ ...kept[4], confirmedAtMs: 10 });
    // Emptied and not written yet.
    truncateSync(logFile, 0);
    expect(read()).toEqual(kept[4]);
    expect(said).toEqual([]);
  });

  it('stops at a delta that does not fit, whole as its record may be', async () => {
    const disk = new SnapshotDisk(folder);
    await disk.write(first);
    await disk.append({ confirmedAtMs: 6, deltas: [step(4)] });
    await disk.append({ confirmedAtMs: 7, deltas: [step(5), step(7)] });
    await disk.append({ confirmedAtMs: 8 });
    expect(read()).toEqual(kept[1]);
    expect(said).toEqual(['the log on disk is not used to its end']);
  });

  it('takes nothing more after a failure until it is written as a whole', async () => {
    const disk = new SnapshotDisk(folder);
    await expect(disk.append({ confirmedAtMs: 6 })).rejects.toThrow('no snapshot');
    await disk.write(first);
    rmSync(path.join(folder, 'edge'), { recursive: true });
    await expect(disk.append({ confirmedAtMs: 6 })).rejects.toThrow('ENOENT');
    expect(disk.hasRoom).toBe(false);
    await disk.write(first);
    expect(disk.hasRoom).toBe(true);
    expect(existsSync(logFile)).toBe(false);
  });

  it('adds nothing to the log of another process, which may be as long as its own', async () => {
    const [one, other] = [new SnapshotDisk(folder), new SnapshotDisk(folder)];
    await one.write(first);
    await one.append({ confirmedAtMs: 6 });
    await other.write({ ...first, confirmedAtMs: 7 });
    await other.append({ confirmedAtMs: 8 });
    await expect(one.append({ confirmedAtMs: 9 })).rejects.toThrow('another process');
    expect(one.hasRoom).toBe(false);
    await other.append({ confirmedAtMs: 9 });
    expect(read()).toMatchObject({ confirmedAtMs: 9 });
  });

  it('has no room once many deltas have to be applied at a start', async () => {
    const disk = new SnapshotDisk(folder);
    await disk.write(first);
    for (let many = 0; many < 64; many += 1) {
      expect(disk.hasRoom).toBe(true);
      await disk.append({ confirmedAtMs: 6, deltas: [step(4)] });
    }
    expect(disk.hasRoom).toBe(false);
  });

  it('has no room once its log is long', async () => {
    const disk = new SnapshotDisk(folder);
    await disk.write(first);
    const keys = [{ keyId: 'k', environment: 'production', salt: 's', hash: 'h'.repeat(300_000) }];
    await disk.append({ confirmedAtMs: 6, access: { keys, secrets: {} } });
    expect(disk.hasRoom).toBe(false);
    await disk.write(first);
    expect(disk.hasRoom).toBe(true);
  });
});
