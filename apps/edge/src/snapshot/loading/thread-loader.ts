import { Worker } from 'node:worker_threads';
import { log, wordsOf } from '../../log.js';
import type { PublishedRuleset, RulesetVersion } from '../snapshot.js';
import type { Asked, Loader, Order, Reply } from './loader.js';
import type { Keepsake, ReadRuleset } from './ruleset-book.js';

/** How long after the end of a thread another one takes its place; doubled while they end without a word. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;

/**
 * The book in a thread of its own. A thread that ends (memory, above all) is replaced, and what is in force is noted in
 * the new one's book, so that changes go on being read as changes. What is asked for meanwhile is refused at once.
 */
export class ThreadLoader implements Loader {
  private thread: LoaderThread | null = null;
  private timer: NodeJS.Timeout | null = null;
  private waitMs = FIRST_WAIT_MS;
  /** Since when threads end: it is said once, and once more when one answers again. */
  private away = false;
  private closed = false;

  constructor(
    private readonly spawn: () => Worker,
    /** The rulesets in force. */
    private readonly held: () => Iterable<PublishedRuleset>,
  ) {
    this.begin();
  }

  read(wanted: RulesetVersion, base: number): Promise<ReadRuleset> {
    return this.ask<ReadRuleset>({ kind: 'read', wanted, base });
  }

  note(published: PublishedRuleset): void {
    // It is in force already: the next thread will be told of it without this.
    if (this.thread === null) return;
    this.ask<void>({ kind: 'note', published }).catch((error: unknown) => {
      if (!this.away) log('error', 'a ruleset could not be noted', { reason: wordsOf(error) });
    });
  }

  text(wanted: RulesetVersion): Promise<Uint8Array | null> {
    return this.ask<Uint8Array | null>({ kind: 'text', wanted });
  }

  keep(keepsake: Keepsake): Promise<void> {
    return this.ask<void>({ kind: 'keep', keepsake });
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    await this.thread?.terminate();
  }

  private async ask<T>(asked: Asked): Promise<T> {
    if (this.thread === null) throw new Error('the thread that reads rulesets is being replaced');
    return this.thread.ask<T>(asked);
  }

  private begin(): void {
    try {
      this.thread = new LoaderThread(
        this.spawn(),
        () => this.answered(),
        (error) => this.ended(error),
      );
    } catch (error) {
      return this.ended(error);
    }
    for (const published of this.held()) this.note(published);
  }

  private answered(): void {
    this.waitMs = FIRST_WAIT_MS;
    if (this.away) log('info', 'rulesets are read in a thread of their own again');
    this.away = false;
  }

  private ended(error: unknown): void {
    this.thread = null;
    if (this.closed) return;
    if (!this.away) {
      log('error', 'the thread that reads rulesets has ended; another takes its place', {
        reason: wordsOf(error),
      });
    }
    this.away = true;
    this.timer = setTimeout(() => this.begin(), this.waitMs).unref();
    this.waitMs = Math.min(LONGEST_WAIT_MS, this.waitMs * 2);
  }
}

/** One thread, from its beginning to its end. */
class LoaderThread {
  private readonly waiting = new Map<
    number,
    { resolve: (result: never) => void; reject: (error: Error) => void }
  >();
  private next = 0;
  private problem = new Error('the thread that reads rulesets has ended');

  constructor(
    private readonly worker: Worker,
    private readonly onAnswer: () => void,
    onEnd: (error: Error) => void,
  ) {
    worker.unref();
    worker.on('message', (reply: Reply) => this.settle(reply));
    worker.on('error', (error: Error) => (this.problem = error));
    // Only now does it hold no connection and write no file any more.
    worker.on('exit', () => {
      onEnd(this.problem);
      for (const { reject } of this.waiting.values()) reject(this.problem);
      this.waiting.clear();
    });
  }

  ask<T>(asked: Asked): Promise<T> {
    const id = this.next;
    this.next += 1;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...asked, id } satisfies Order);
    });
  }

  async terminate(): Promise<void> {
    await this.worker.terminate();
  }

  private settle(reply: Reply): void {
    const asked = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    this.onAnswer();
    if ('problem' in reply) asked?.reject(new Error(reply.problem));
    else asked?.resolve(reply.result as never);
  }
}
