import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import type { Database } from '@app/database';
import { type Aim, type StatementView, Struck } from '@app/rollouts';
import type { Random } from '@app/simulation';
import { StatementTurns } from './statement-turns.js';

type Query = (...given: unknown[]) => Promise<unknown>;
interface Connection {
  query: Query;
  processID: number;
  connection: { stream: { destroy(): void } };
}
interface Pool {
  connect(callback: (error: Error, connection: Connection | undefined, release: unknown) => void): void;
}

/**
 * The statements that processes send to PostgreSQL. At the strike the connection is cut, as when the process that holds
 * it dies: the server undoes what was not committed. A statement outside of transactions is a transaction of its own;
 * those that only read are no points.
 *
 * A point is told by what is being done, the statement of the transaction that was sent last and the one that is about to be
 * sent, as texts without parameters: one for each statement at each place of the code that it is sent from.
 */
export class StruckConnections implements StatementView {
  private readonly done = new AsyncLocalStorage<string>();
  private armed: Aim | null = null;
  private turns: StatementTurns | null = null;
  private readonly flying = new Set<Promise<unknown>>();
  readonly seen = new Set<string>();
  struckAt: string | null = null;

  constructor(sources: ReadonlyArray<Database['source']>) {
    sources.forEach((source, process) =>
      this.watchPool((source.driver as unknown as { master: Pool }).master, process),
    );
  }

  /** A new life begins. */
  forget(): void {
    this.armed = null;
    this.struckAt = null;
    this.seen.clear();
  }

  arm(aim: Aim): void {
    this.armed = aim;
    this.struckAt = null;
  }

  doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.done.run(what, work);
  }

  disarm(): void {
    this.armed = null;
  }

  /** @param actors each in a process of its own, in the order of the processes */
  async atOnce(
    admin: Client,
    random: Random,
    actors: ReadonlyArray<() => Promise<unknown>>,
  ): Promise<Array<PromiseSettledResult<unknown>>> {
    this.turns = new StatementTurns(admin, random, actors);
    try {
      return await this.turns.run();
    } finally {
      this.turns = null;
    }
  }

  /** Until no statement is under way: what ran beside one that failed is over too. */
  async quiet(): Promise<void> {
    while (this.flying.size > 0) await Promise.allSettled([...this.flying]);
  }

  private watchPool(pool: Pool, process: number): void {
    const connect = pool.connect.bind(pool);
    const watched = new WeakSet<Connection>();
    pool.connect = (callback) =>
      connect((error, connection, release) => {
        if (connection && !watched.has(connection)) {
          watched.add(connection);
          this.watch(connection, process);
        }
        callback(error, connection, release);
      });
  }

  private watch(connection: Connection, process: number): void {
    const plain = connection.query.bind(connection);
    const query: Query = (...given) => {
      const turns = this.turns;
      const sent = turns
        ? turns.send({ actor: process, backend: connection.processID }, () => plain(...given))
        : plain(...given);
      this.flying.add(sent);
      const landed = (): unknown => this.flying.delete(sent);
      sent.then(landed, landed);
      return sent;
    };
    let cut = false;
    /** Names of the statements sent in the open transaction; null when none is open. */
    let open: string[] | null = null;
    const strike = (statement: number, place: readonly string[], words: string): void => {
      if (!this.strikes(statement, place)) return;
      cut = true;
      connection.connection.stream.destroy();
      throw new Struck(words);
    };
    connection.query = async (...given) => {
      // Whoever is dead says nothing more.
      if (cut) return query(...given);
      const text = textOf(given[0]);
      const alone = open === null && text !== 'START TRANSACTION';
      if (alone && text.startsWith('SELECT')) return query(...given);
      const sent: string[] = [...(open ?? []), nameOf(text)];
      strike(sent.length, sent.slice(-2), `the connection was cut before ${text}`);
      const commits = alone || text === 'COMMIT';
      open = commits || text === 'ROLLBACK' ? null : sent;
      const result = await query(...given);
      // A commit is told by what it commits.
      if (commits)
        strike(sent.length + 1, [...sent.slice(-2), 'committed'], `the connection was cut after ${text}`);
      return result;
    };
  }

  private strikes(statement: number, place: readonly string[]): boolean {
    const point = `${this.done.getStore() ?? ''}: ${place.join(' > ')}`;
    this.seen.add(point);
    if (!this.armed?.(statement, point)) return false;
    this.armed = null;
    this.struckAt = point;
    return true;
  }
}

function textOf(query: unknown): string {
  const text = typeof query === 'string' ? query : (query as { text: string }).text;
  return text.replace(/\s+/g, ' ').trim();
}

const SHOWN = 48;

/** The statement's beginning, and of a longer one what tells it from others that begin so. */
function nameOf(text: string): string {
  if (text.length <= SHOWN) return text;
  return `${text.slice(0, SHOWN)}…${createHash('sha256').update(text).digest('hex').slice(0, 4)}`;
}
