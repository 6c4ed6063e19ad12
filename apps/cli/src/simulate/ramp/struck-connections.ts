import type { Database } from '@app/database';
import { type StatementView, type Strike, Struck } from '@app/rollouts';

type Query = (...given: unknown[]) => Promise<unknown>;
interface Connection {
  query: Query;
  connection: { stream: { destroy(): void } };
}
interface Pool {
  connect(callback: (error: Error, connection: Connection | undefined, release: unknown) => void): void;
}

/**
 * The statements that processes send to PostgreSQL. At the strike the connection is cut, as when the process that holds
 * it dies: the server undoes what was not committed.
 *
 * There are more statements than a thousand lives would meet by chance, so a strike falls on the first that none fell on
 * before, after passing some, if it comes before the one that was drawn.
 */
export class StruckConnections implements StatementView {
  private armed: { statement: number; passes: number; freshPasses: number } | null = null;
  private readonly struck = new Set<string>();
  readonly seen = new Set<string>();
  struckAt: string | null = null;

  constructor(sources: ReadonlyArray<Database['source']>) {
    for (const source of sources) this.watchPool((source.driver as unknown as { master: Pool }).master);
  }

  arm(strike: Strike): void {
    this.armed = { ...strike, freshPasses: strike.passes };
    this.struckAt = null;
  }

  disarm(): void {
    this.armed = null;
  }

  private watchPool(pool: Pool): void {
    const connect = pool.connect.bind(pool);
    const watched = new WeakSet<Connection>();
    pool.connect = (callback) =>
      connect((error, connection, release) => {
        if (connection && !watched.has(connection)) {
          watched.add(connection);
          this.watch(connection);
        }
        callback(error, connection, release);
      });
  }

  private watch(connection: Connection): void {
    const query = connection.query.bind(connection);
    let statements: number | null = null;
    connection.query = async (...given) => {
      const text = textOf(given[0]);
      if (text === 'START TRANSACTION') statements = 0;
      if (statements === null) return query(...given);
      statements += 1;
      if (this.strikes(statements, text)) {
        connection.connection.stream.destroy();
        throw new Struck(`the connection was cut before ${text}`);
      }
      const result = await query(...given);
      if (text === 'COMMIT' && this.strikes(statements + 1, 'committed')) {
        connection.connection.stream.destroy();
        throw new Struck('the connection was cut after COMMIT');
      }
      if (text === 'COMMIT' || text === 'ROLLBACK') statements = null;
      return result;
    };
  }

  private strikes(statement: number, text: string): boolean {
    const way = `${statement}: ${text}`;
    this.seen.add(way);
    if (!this.armed || !this.isDue(this.armed, statement, way)) return false;
    this.armed = null;
    this.struck.add(way);
    this.struckAt = way;
    return true;
  }

  private isDue(
    armed: { statement: number; passes: number; freshPasses: number },
    statement: number,
    way: string,
  ): boolean {
    if (!this.struck.has(way)) {
      if (armed.freshPasses === 0) return true;
      armed.freshPasses -= 1;
    }
    if (armed.statement !== statement) return false;
    if (armed.passes === 0) return true;
    armed.passes -= 1;
    return false;
  }
}

function textOf(query: unknown): string {
  const text = typeof query === 'string' ? query : (query as { text: string }).text;
  return text.replace(/\s+/g, ' ').trim().slice(0, 48);
}
