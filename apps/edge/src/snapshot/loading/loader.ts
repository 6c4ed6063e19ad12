import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { log, wordsOf } from '../../log.js';
import type { PublishedRuleset } from '../snapshot.js';
import { SnapshotDisk } from '../snapshot-disk.js';
import { type Keepsake, type ReadRuleset, RulesetBook } from './ruleset-book.js';

/** The book, as the main thread sees it. */
export interface Loader {
  read(published: PublishedRuleset, base: number): Promise<ReadRuleset>;
  note(published: PublishedRuleset): void;
  keep(keepsake: Keepsake): Promise<void>;
  close(): Promise<void>;
}

/** What is said to the thread. */
export type Order =
  | {
      readonly kind: 'read';
      readonly id: number;
      readonly published: PublishedRuleset;
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
export function openLoader(dataDir: string): Loader {
  return existsSync(SCRIPT) ? new ThreadLoader(dataDir) : new InlineLoader(dataDir);
}

export class InlineLoader implements Loader {
  private readonly book: RulesetBook;

  constructor(dataDir: string) {
    this.book = new RulesetBook(new SnapshotDisk(dataDir));
  }

  async read(published: PublishedRuleset, base: number): Promise<ReadRuleset> {
    return this.book.read(published, base);
  }

  note(published: PublishedRuleset): void {
    this.book.note(published);
  }

  keep(keepsake: Keepsake): Promise<void> {
    return this.book.keep(keepsake);
  }

  async close(): Promise<void> {
    // Nothing to end.
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

  constructor(dataDir: string) {
    this.worker = new Worker(SCRIPT, { workerData: { dataDir } });
    this.worker.unref();
    this.worker.on('message', (reply: Reply) => this.settle(reply));
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(new Error('the thread that reads rulesets has ended')));
  }

  read(published: PublishedRuleset, base: number): Promise<ReadRuleset> {
    return this.ask<ReadRuleset>((id) => ({ kind: 'read', id, published, base }));
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
