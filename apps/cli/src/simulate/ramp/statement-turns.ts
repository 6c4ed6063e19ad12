import type { Client } from 'pg';
import type { Random } from '@app/simulation';

interface Waiting {
  readonly actor: number;
  readonly go: () => void;
}

/**
 * Lets actors of different processes act at once, one statement at a time in an order that is drawn. Whoever waits for
 * another's lock has had its turn; it goes on when the server lets it.
 */
export class StatementTurns {
  private readonly waiting: Waiting[] = [];
  private readonly flying = new Set<number>();
  private acting: number;

  /** @param admin a connection of its own, to ask the server who waits for whom */
  constructor(
    private readonly admin: Client,
    private readonly random: Random,
    private readonly actors: ReadonlyArray<() => Promise<unknown>>,
  ) {
    this.acting = actors.length;
  }

  /** Sends a statement of an actor's connection when it is its turn. */
  async send<T>({ actor, backend }: { actor: number; backend: number }, query: () => Promise<T>): Promise<T> {
    await new Promise<void>((go) => this.waiting.push({ actor, go }));
    this.flying.add(backend);
    try {
      return await query();
    } finally {
      this.flying.delete(backend);
    }
  }

  /** @returns how each ended; of those that wait for each other the server fails one */
  async run(): Promise<Array<PromiseSettledResult<unknown>>> {
    const ends = Promise.allSettled(this.actors.map((act) => act().finally(() => (this.acting -= 1))));
    for (;;) {
      await this.settled();
      if (this.acting === 0) return ends;
      // Whose connection was ready first is chance, and not of the kind that is drawn.
      this.waiting.sort((a, b) => a.actor - b.actor);
      if (this.waiting.length > 0) this.waiting.splice(this.random.below(this.waiting.length), 1)[0]!.go();
      await nextTurn();
    }
  }

  /** Until everyone who acts waits for a turn or for somebody's lock. */
  private async settled(): Promise<void> {
    for (;;) {
      await nextTurn();
      if (this.acting !== this.waiting.length + this.flying.size) continue;
      if (this.flying.size === 0) return;
      const flying = [...this.flying];
      const { rows } = await this.admin.query<{ blocked: number }>(
        `SELECT count(*)::int AS blocked FROM unnest($1::int[]) AS pid WHERE cardinality(pg_blocking_pids(pid)) > 0`,
        [flying],
      );
      const same = flying.every((pid) => this.flying.has(pid)) && flying.length === this.flying.size;
      if (same && rows[0]!.blocked === flying.length) return;
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
