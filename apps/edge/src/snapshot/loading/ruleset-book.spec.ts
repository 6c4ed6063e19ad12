import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Ruleset } from '@app/bucketing';
import { applyDelta, HeldRuleset } from '@app/ruleset-deltas';
import { aDelta, aLargeText } from '../../testing/edge.fixtures.js';
import { nextSnapshot, snapshotOf } from '../snapshot.js';
import { SnapshotDisk } from '../snapshot-disk.js';
import { type Publications, readNewer } from './read-newer.js';
import { type ReadRuleset, RulesetBook } from './ruleset-book.js';
import { SnapshotKeeper } from './snapshot-keeper.js';

const published = (version: number) => ({ environment: 'production', version, body: aLargeText(version) });
const wanted = (version: number) => ({ environment: 'production', version });
const changed = ({ delta }: ReadRuleset): string[] => Object.keys(delta.records.tasks!.changed);
const etag = (version: number): string =>
  `"${version}-${HeldRuleset.parse(aLargeText(version)).sha256.slice(0, 16)}"`;

describe('the book of rulesets', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'contender-book-'));
  const file = path.join(folder, 'edge', 'snapshot.json');
  const logFile = path.join(folder, 'edge', 'snapshot.log');
  const disk = new SnapshotDisk(folder);
  const aBook = () => new RulesetBook(new SnapshotKeeper(disk));
  const access = { keys: [], secrets: { production: 's' } };
  const keepsake = (version: number, confirmedAtMs = version) => ({
    confirmedAtMs,
    access,
    versions: new Map([['production', version]]),
  });
  const textIn = (book: RulesetBook, version: number): string =>
    new TextDecoder().decode(book.text(wanted(version))!);

  afterEach(() => rmSync(path.join(folder, 'edge'), { recursive: true, force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('tells what has changed since the version that is held, and everything where it does not know that one', () => {
    const book = aBook();
    book.note(published(1));
    expect(changed(book.read(published(2), 1))).toEqual(['reply']);
    // Version 2 turned out to be no good: the next is told against version 1 again.
    expect(changed(book.read(published(3), 1))).toEqual([]);
    expect(changed(book.read(published(4), 2))).toEqual(['reply', 'summary']);
  });

  it('leaves nothing of what is held where it does not know that', () => {
    const { tasks, ...rest } = JSON.parse(aLargeText(1)) as Ruleset;
    const held = { ...rest, tasks: { ...tasks, gone: tasks.reply! } };
    const snapshot = snapshotOf({ ...wanted(1), body: JSON.stringify(held) });
    const read = aBook().read(published(2), 1);
    expect(JSON.stringify(nextSnapshot(snapshot, read).compiled.ruleset)).toBe(aLargeText(2));
  });

  describe('following', () => {
    /** What was published beside each version; versions that are not there were never published. */
    let beside: Map<number, string | null>;
    let wholes: number[];
    const publications: Publications = {
      whole: async ({ version }) => {
        wholes.push(version);
        return published(version);
      },
      stepsAfter: async (base, { version }) =>
        [...beside]
          .filter(([one]) => one > base && one <= version)
          .map(([one, delta]) => ({ version: one, delta })),
    };

    beforeEach(() => {
      wholes = [];
      beside = new Map([2, 3, 4, 5].map((version) => [version, aDelta(version)]));
      jest.spyOn(console, 'error').mockReturnValue();
    });
    afterEach(() => jest.restoreAllMocks());

    it.each([
      ['one delta', 2],
      ['several', 5],
    ])('is done by %s, without the whole', async (_how, version) => {
      const book = aBook();
      book.note(published(1));
      const read = await readNewer(book, publications, wanted(version), 1);
      expect(wholes).toEqual([]);
      expect(read).toMatchObject({ version, etag: etag(version) });
      expect(JSON.stringify(applyDelta(JSON.parse(aLargeText(1)), read.delta))).toBe(aLargeText(version));
      expect(textIn(book, version)).toBe(aLargeText(version));
    });

    it.each([
      ['what is held is not known', () => undefined, 0],
      ['nothing was published beside it', () => beside.set(5, null), 1],
      ['something was not published beside one of them', () => beside.set(3, null), 1],
      ['a version is missing', () => beside.delete(3), 1],
      ['the last one is', () => beside.delete(5), 1],
      ['a delta is damaged', () => beside.set(4, aDelta(4).replace('new@1', 'old@1')), 1],
      ['a delta is no JSON', () => beside.set(4, aDelta(4).slice(1)), 1],
      [
        'a delta has a format of later',
        () => beside.set(4, aDelta(4).replace('"format":1', '"format":2')),
        1,
      ],
      ['a version came twice', () => beside.set(3, aDelta(2)), 1],
    ])('goes by the whole when %s, and by deltas again after that', async (_why, spoil, base) => {
      spoil();
      const book = aBook();
      book.note(published(1));
      const read = await readNewer(book, publications, wanted(5), base);
      expect(wholes).toEqual([5]);
      expect(read).toMatchObject({ version: 5, etag: etag(5) });
      expect(textIn(book, 5)).toBe(aLargeText(5));
      beside.set(6, aDelta(6));
      await readNewer(book, publications, wanted(6), 5);
      expect(wholes).toEqual([5]);
      expect(textIn(book, 6)).toBe(aLargeText(6));
    });

    it('goes by the whole where what was published beside it cannot be read', async () => {
      const book = aBook();
      book.note(published(1));
      const older = { ...publications, stepsAfter: () => Promise.reject(new Error('no such column')) };
      expect(await readNewer(book, older, wanted(2), 1)).toMatchObject({ version: 2, whole: false });
      expect(wholes).toEqual([2]);
    });

    it('says nothing where nothing was published beside a version, but that a delta does not fit', async () => {
      const said = jest.spyOn(console, 'error').mockReturnValue();
      const book = aBook();
      book.note(published(1));
      beside.set(2, null);
      await readNewer(book, publications, wanted(3), 1);
      expect(said).not.toHaveBeenCalled();
      beside.set(4, aDelta(5));
      await readNewer(book, publications, wanted(4), 3);
      expect(said).toHaveBeenCalledTimes(1);
    });

    it('goes on from what is in force after a version that turned out to be no good', async () => {
      const book = aBook();
      book.note(published(1));
      await readNewer(book, publications, wanted(2), 1);
      const read = await readNewer(book, publications, wanted(3), 1);
      expect(JSON.stringify(applyDelta(JSON.parse(aLargeText(1)), read.delta))).toBe(aLargeText(3));
      await book.keep(keepsake(1));
      expect(disk.read()!.rulesets).toEqual([published(1)]);
    });

    it('adds to the disk what came by deltas, and writes the whole where something else did', async () => {
      const book = aBook();
      book.note(published(1));
      await book.keep(keepsake(1));
      const written = statSync(file).ino;
      await readNewer(book, publications, wanted(2), 1);
      await readNewer(book, publications, wanted(4), 2);
      await book.keep(keepsake(4));
      await readNewer(book, publications, wanted(5), 4);
      await book.keep(keepsake(5));
      expect(statSync(file).ino).toBe(written);
      expect(disk.read()).toEqual({ confirmedAtMs: 5, access, rulesets: [published(5)] });
      beside.set(6, null);
      await readNewer(book, publications, wanted(6), 5);
      await book.keep(keepsake(6));
      expect(statSync(file).ino).not.toBe(written);
      expect(disk.read()).toEqual({ confirmedAtMs: 6, access, rulesets: [published(6)] });
    });

    it('adds the same to the disk for an environment as often as it is told, and once', async () => {
      const book = aBook();
      book.note(published(1));
      await book.keep(keepsake(1));
      await readNewer(book, publications, wanted(2), 1);
      // Both are asked for before either is done.
      await Promise.all([book.keep(keepsake(2)), book.keep(keepsake(2, 7))]);
      expect(readFileSync(logFile, 'utf8').match(/"deltas"/g)).toHaveLength(1);
      expect(disk.read()).toEqual({ confirmedAtMs: 7, access, rulesets: [published(2)] });
    });
  });

  it('keeps on disk the versions that are in force, not the newest it was shown', async () => {
    const book = aBook();
    book.note(published(1));
    book.read(published(2), 1);
    await book.keep(keepsake(1));
    expect(disk.read()).toEqual({ confirmedAtMs: 1, access, rulesets: [published(1)] });
    await book.keep(keepsake(2));
    expect(disk.read()).toEqual({ confirmedAtMs: 2, access, rulesets: [published(2)] });
  });
});
