import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PublishedRuleset, RulesetVersion } from '../snapshot.js';
import { SnapshotDisk } from '../snapshot-disk.js';
import { readNewer } from './read-newer.js';
import { type Keepsake, type ReadRuleset, RulesetBook } from './ruleset-book.js';
import { RulesetSource } from './ruleset-source.js';
import { SnapshotKeeper } from './snapshot-keeper.js';
import { ThreadLoader } from './thread-loader.js';

/** The book, as the main thread sees it. */
export interface Loader {
  /** Fetches a ruleset and tells what has changed since the version `base`. */
  read(wanted: RulesetVersion, base: number): Promise<ReadRuleset>;
  note(published: PublishedRuleset): void;
  /** The text of a ruleset read or noted before, in UTF-8; null when it is not known. */
  text(wanted: RulesetVersion): Promise<Uint8Array | null>;
  keep(keepsake: Keepsake): Promise<void>;
  close(): Promise<void>;
}

/** Where rulesets come from, and where they are kept. */
export interface LoaderPlaces {
  readonly dataDir: string;
  readonly databaseUrl: string;
}

/** What the thread is asked for. */
export type Asked =
  | { readonly kind: 'read'; readonly wanted: RulesetVersion; readonly base: number }
  | { readonly kind: 'note'; readonly published: PublishedRuleset }
  | { readonly kind: 'text'; readonly wanted: RulesetVersion }
  | { readonly kind: 'keep'; readonly keepsake: Keepsake };

export type Order = Asked & { readonly id: number };

/** What it answers. */
export type Reply =
  | { readonly id: number; readonly result: ReadRuleset | Uint8Array | null }
  | { readonly id: number; readonly problem: string };

const SCRIPT = path.join(__dirname, 'loader.thread.js');

/**
 * In a thread of its own; in this one where the program is not built, as under tests.
 *
 * @param held the rulesets in force, for a thread that takes the place of one that ended
 */
export function openLoader(places: LoaderPlaces, held: () => Iterable<PublishedRuleset>): Loader {
  if (!existsSync(SCRIPT)) return new InlineLoader(places);
  return new ThreadLoader(() => new Worker(SCRIPT, { workerData: places }), held);
}

export class InlineLoader implements Loader {
  private readonly book: RulesetBook;
  private readonly source: RulesetSource;

  constructor({ dataDir, databaseUrl }: LoaderPlaces) {
    this.book = new RulesetBook(new SnapshotKeeper(new SnapshotDisk(dataDir)));
    this.source = new RulesetSource(databaseUrl);
  }

  read(wanted: RulesetVersion, base: number): Promise<ReadRuleset> {
    return readNewer(this.book, this.source, wanted, base);
  }

  note(published: PublishedRuleset): void {
    this.book.note(published);
  }

  async text(wanted: RulesetVersion): Promise<Uint8Array | null> {
    return this.book.text(wanted);
  }

  keep(keepsake: Keepsake): Promise<void> {
    return this.book.keep(keepsake);
  }

  close(): Promise<void> {
    return this.source.close();
  }
}
