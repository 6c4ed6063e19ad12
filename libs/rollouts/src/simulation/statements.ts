import { AsyncLocalStorage } from 'node:async_hooks';
import type { Random } from '@app/simulation';
import type { Aim } from './strike.js';

/** The fault of a life happened here. */
export class Struck extends Error {}

/** What a life sees of the statements of its processes. */
export interface StatementView {
  arm(aim: Aim): void;
  /** Runs what an actor does; points of different doings may be told apart by their names. */
  doing<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** A strike that has not happened is taken back: its life is over. */
  disarm(): void;
  /** Points that were come to. */
  readonly seen: ReadonlySet<string>;
  /** The point at which it struck: ends with "committed" when everything was done. Null while it has not struck. */
  readonly struckAt: string | null;
}

/**
 * The statements of a simulated process, in the order in which they run. One of them may fail, as it does when the
 * process dies before it; and while two actors act at once, who runs the next one is drawn.
 */
export class Statements implements StatementView {
  // One for all: every one there is costs time at every promise of the process.
  private static readonly path = new AsyncLocalStorage<string[]>();
  private waiting: Array<() => void> | null = null;
  private armed: Aim | null = null;
  readonly seen = new Set<string>();
  struckAt: string | null = null;

  arm(aim: Aim): void {
    this.armed = aim;
    this.struckAt = null;
  }

  disarm(): void {
    this.armed = null;
  }

  doing<T>(_what: string, work: () => Promise<T>): Promise<T> {
    return work();
  }

  /** Counts statements of one transaction from here. */
  begin<T>(work: () => Promise<T>): Promise<T> {
    return Statements.path.run([], work);
  }

  get begun(): boolean {
    return Statements.path.getStore() !== undefined;
  }

  /** Before a statement: waits for its turn, or fails. */
  async pass(statement: string): Promise<void> {
    if (this.waiting) await new Promise<void>((go) => this.waiting!.push(go));
    const path = Statements.path.getStore();
    if (!path) return;
    path.push(statement);
    const point = path.join(' > ');
    this.seen.add(point);
    if (!this.armed?.(path.length, point)) return;
    this.armed = null;
    this.struckAt = point;
    throw new Struck(`died before ${statement}`);
  }

  /**
   * Lets several actors act at once, one statement at a time in an order that is drawn.
   *
   * @returns how each ended
   * @throws Error when everyone waits for everyone
   */
  async atOnce(
    random: Random,
    actors: ReadonlyArray<() => Promise<unknown>>,
  ): Promise<Array<PromiseSettledResult<unknown>>> {
    const waiting: Array<() => void> = [];
    this.waiting = waiting;
    let acting = actors.length;
    const ends = Promise.allSettled(actors.map((act) => act().finally(() => (acting -= 1))));
    try {
      for (;;) {
        // When nothing is left to do, everyone who acts waits for a turn or for somebody's lock.
        await new Promise((resolve) => setImmediate(resolve));
        if (acting === 0) return await ends;
        if (waiting.length === 0) throw new Error('everyone waits for everyone');
        waiting.splice(random.below(waiting.length), 1)[0]!();
      }
    } finally {
      this.waiting = null;
    }
  }
}
