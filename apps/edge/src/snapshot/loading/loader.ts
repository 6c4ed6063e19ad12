import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { log, wordsOf } from '../../log.js';
import type { PublishedRuleset, RulesetVersion } from '../snapshot.js';
import { SnapshotDisk } from '../snapshot-disk.js';
import { type Keepsake, type ReadRuleset, RulesetBook } from './ruleset-book.js';
import { RulesetSource } from './ruleset-source.js';

/** The book, as the main thread sees it. */
export interface Loader {
  /** Fetches a ruleset and tells what has changed since the version `base`. */
  read(wanted: RulesetVersion, base: number): Promise<ReadRuleset>;
  note(published: PublishedRuleset): void;
  keep(keepsake: Keepsake): Promise<void>;
  close(): Promise<void>;
}

/** Where rulesets come from, and where they are kept. */
export interface LoaderPlaces {
  readonly dataDir: string;
  readonly databaseUrl: string;
}

/** What is said to the thread. */
export type Order =
  | {
      readonly kind: 'read';
      readonly id: number;
      readonly wanted: RulesetVersion;
      readonly base: number;
    }
  | { readonly kind: 'note'; readonly id: number; readonly published: PublishedRuleset }
  | { readonly kind: 'keep'; readonly id: number; readonly keepsake: Keepsake };

/** What it answers. */
export type Reply =
  | { readonly id: number; readonly result: ReadRuleset | undefined }
  | { readonly id: number; readonly problem: string };

const SCRIPT = path.join(__dirname, 'loader.thread.js');

/** In a thread of its own; in this one where the program is not built, as under tests. */
export function openLoader(places: LoaderPlaces): Loader {
  return existsSync(SCRIPT) ? new ThreadLoader(places) : new InlineLoader(places);
}

export class InlineLoader implements Loader {
  private readonly book: RulesetBook;
  private readonly source: RulesetSource;

  constructor({ dataDir, databaseUrl }: LoaderPlaces) {
    this.book = new RulesetBook(new SnapshotDisk(dataDir));
    this.source = new RulesetSource(databaseUrl);
  }

  async read(wanted: RulesetVersion, base: number): Promise<ReadRuleset> {
    return this.book.read(await this.source.fetch(wanted), base);
  }

  note(published: PublishedRuleset): void {
    this.book.note(published);
  }

  keep(keepsake: Keepsake): Promise<void> {
    return this.book.keep(keepsake);
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

class ThreadLoader implements Loader {
  private readonly worker: Worker;
  private readonly waiting = new Map<
    number,
    { resolve: (result: never) => void; reject: (error: Error) => void }
  >();
  private next = 0;
  private ended: Error | null = null;

  constructor(places: LoaderPlaces) {
    this.worker = new Worker(SCRIPT, { workerData: places });
    this.worker.unref();
    this.worker.on('message', (reply: Reply) => this.settle(reply));
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(new Error('the thread that reads rulesets has ended')));
  }

  read(wanted: RulesetVersion, base: number): Promise<ReadRuleset> {
    return this.ask<ReadRuleset>((id) => ({ kind: 'read', id, wanted, base }));
  }

  note(published: PublishedRuleset): void {
    this.ask<void>((id) => ({ kind: 'note', id, published })).catch((error: unknown) => {
      log('error', 'a ruleset could not be noted', { reason: wordsOf(error) });
    });
  }

  keep(keepsake: Keepsake): Promise<void> {
    return this.ask<void>((id) => ({ kind: 'keep', id, keepsake }));
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private ask<T>(order: (id: number) => Order): Promise<T> {
    if (this.ended) return Promise.reject(this.ended);
    const id = this.next;
    this.next += 1;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage(order(id));
    });
  }

  private settle(reply: Reply): void {
    const asked = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('problem' in reply) asked?.reject(new Error(reply.problem));
    else asked?.resolve(reply.result as never);
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiting.values()) reject(this.ended);
    this.waiting.clear();
  }
}
