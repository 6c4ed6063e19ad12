import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { aPublishedRuleset } from '../../testing/edge.fixtures.js';
import { SnapshotDisk } from '../snapshot-disk.js';
import { RulesetBook } from './ruleset-book.js';

describe('the book of rulesets', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'contender-book-'));
  const disk = new SnapshotDisk(folder);
  const published = (version: number) => ({
    environment: 'production',
    version,
    body: JSON.stringify(aPublishedRuleset(version)),
  });
  const access = { keys: [], secrets: { production: 's' } };

  afterAll(() => rmSync(folder, { recursive: true }));

  it('tells what has changed since the version that is held, and everything where it does not know that one', () => {
    const book = new RulesetBook(disk);
    book.note(published(1));
    expect(Object.keys(book.read(published(2), 1).delta.records.tasks!.changed)).toEqual([]);
    // Version 2 turned out to be no good: the next is told against version 1 again.
    expect(Object.keys(book.read(published(3), 1).delta.records.tasks!.changed)).toEqual([]);
    expect(Object.keys(book.read(published(4), 2).delta.records.tasks!.changed)).toEqual([
      'reply',
      'summary',
    ]);
  });

  it('keeps on disk the versions that are in force, not the newest it was shown', async () => {
    const book = new RulesetBook(disk);
    book.note(published(1));
    book.read(published(2), 1);
    await book.keep({ confirmedAtMs: 5, access, versions: new Map([['production', 1]]) });
    expect(disk.read()).toEqual({ confirmedAtMs: 5, access, rulesets: [published(1)] });
    await book.keep({ confirmedAtMs: 6, access, versions: new Map([['production', 2]]) });
    expect(disk.read()).toEqual({ confirmedAtMs: 6, access, rulesets: [published(2)] });
  });
});
