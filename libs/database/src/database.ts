import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/**
 * The open database and the transaction a use case runs in.
 *
 * A service opens one with `transaction`; every store called inside it, however deep, takes part through `manager`.
 * Nested calls join the outer transaction, so a use case can call another and stay one step.
 */
@Injectable()
export class Database {
  private readonly open = new AsyncLocalStorage<{ manager: EntityManager; after: Array<() => void> }>();

  constructor(readonly source: DataSource) {}

  /** The transaction's entity manager, or the pool's when none is open. */
  get manager(): EntityManager {
    return this.open.getStore()?.manager ?? this.source.manager;
  }

  get inTransaction(): boolean {
    return this.open.getStore() !== undefined;
  }

  /** Runs work in one transaction: all of it or nothing. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.inTransaction) return work();
    const after: Array<() => void> = [];
    const result = await this.source.transaction((manager) => this.open.run({ manager, after }, work));
    for (const effect of after) effect();
    return result;
  }

  /** Runs an effect once the open transaction has committed; at once when there is none. */
  afterCommit(effect: () => void): void {
    const store = this.open.getStore();
    if (store) store.after.push(effect);
    else effect();
  }

  /** Hand-written SQL in the open transaction. Rows come back as the driver gives them. */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const result: unknown = await this.manager.query(sql, [...parameters]);
    // TypeORM answers [rows, count] for UPDATE and DELETE, and rows for everything else.
    if (
      Array.isArray(result) &&
      result.length === 2 &&
      Array.isArray(result[0]) &&
      typeof result[1] === 'number'
    ) {
      return result[0] as Row[];
    }
    return result as Row[];
  }
}
