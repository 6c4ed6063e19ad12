import { AsyncLocalStorage } from 'node:async_hooks';
import { type Page, pageOf, type PageRequest, readCursor, readNumberCursor } from '@app/governance';
import type { Receipt } from '../domain/receipt.js';
import type { Rollout } from '../domain/rollout.js';
import { isFinal } from '../domain/rollout-lifecycle.js';
import { RolloutError } from '../domain/rollout.errors.js';
import { type RolloutFilter, RolloutStore } from '../ports/rollout.store.js';

/**
 * Rollouts in memory, with the same promises as Postgres: transactions one after the other, all or nothing. Others
 * that take part in a transaction hand in how to go back by `onRollback`.
 */
export class FakeRolloutStore extends RolloutStore {
  private rollouts = new Map<string, Rollout>();
  private chains = new Map<string, Receipt[]>();
  private queue: Promise<unknown> = Promise.resolve();
  private readonly open = new AsyncLocalStorage<Array<() => void>>();

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.open.getStore()) return work();
    const turn = this.queue.then(() => this.run(work));
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** Called when the open transaction fails, newest first. */
  onRollback(undo: () => void): void {
    this.open.getStore()?.push(undo);
  }

  private async run<T>(work: () => Promise<T>): Promise<T> {
    const before = { rollouts: new Map(this.rollouts), chains: new Map(this.chains) };
    const undo: Array<() => void> = [];
    try {
      return await this.open.run(undo, work);
    } catch (error) {
      this.rollouts = before.rollouts;
      this.chains = before.chains;
      for (const step of undo.reverse()) step();
      throw error;
    }
  }

  async insert(rollout: Rollout): Promise<void> {
    if (await this.active(rollout.task, rollout.environment)) {
      throw new RolloutError('ROLLOUT_ALREADY_ACTIVE', `Another rollout moves ${rollout.task} already.`);
    }
    this.rollouts.set(rollout.id, copy(rollout));
  }

  async save(rollout: Rollout): Promise<Rollout> {
    if (this.rollouts.get(rollout.id)?.revision !== rollout.revision) {
      throw new RolloutError('ROLLOUT_CONFLICT', `Rollout ${rollout.key} was changed meanwhile.`);
    }
    const saved = { ...copy(rollout), revision: rollout.revision + 1 };
    this.rollouts.set(rollout.id, saved);
    return copy(saved);
  }

  async lock(id: string): Promise<Rollout | null> {
    return copy(this.rollouts.get(id) ?? null);
  }

  async byKey(key: string): Promise<Rollout | null> {
    return copy([...this.rollouts.values()].find((rollout) => rollout.key === key) ?? null);
  }

  async list(filter: RolloutFilter, page: PageRequest): Promise<Page<Rollout>> {
    const before = readCursor(page);
    const rows = [...this.rollouts.values()]
      .filter(
        (rollout) =>
          (filter.task === undefined || rollout.task === filter.task) &&
          (filter.environment === undefined || rollout.environment === filter.environment) &&
          (filter.state === undefined || rollout.state.lifecycle === filter.state) &&
          (before === null || rollout.id < before),
      )
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    return copy(pageOf(rows.slice(0, page.limit + 1), page, (row) => row.id));
  }

  async coolingDown(
    place: { task: string; environment: string; challengerId: string },
    now: Date,
  ): Promise<Rollout | null> {
    const found = [...this.rollouts.values()].find(
      (rollout) =>
        rollout.task === place.task &&
        rollout.environment === place.environment &&
        rollout.challengerId === place.challengerId &&
        rollout.finishedAt !== null &&
        rollout.coolDownUntil !== null &&
        Date.parse(rollout.coolDownUntil) > now.getTime(),
    );
    return copy(found ?? null);
  }

  async active(task: string, environment: string): Promise<Rollout | null> {
    const found = [...this.rollouts.values()].find(
      (rollout) =>
        rollout.task === task && rollout.environment === environment && !isFinal(rollout.state.lifecycle),
    );
    return copy(found ?? null);
  }

  async appendReceipt(receipt: Receipt): Promise<void> {
    const chain = this.chains.get(receipt.rolloutId) ?? [];
    if (chain.some(({ number }) => number === receipt.number)) throw new Error('receipt number taken');
    this.chains.set(receipt.rolloutId, [...chain, receipt]);
  }

  async lastReceipt(rolloutId: string): Promise<Receipt | null> {
    return this.chains.get(rolloutId)?.at(-1) ?? null;
  }

  async receipts(rolloutId: string, page: PageRequest): Promise<Page<Receipt>> {
    const after = readNumberCursor(page) ?? 0;
    const rows = (this.chains.get(rolloutId) ?? []).filter(({ number }) => number > after);
    return pageOf(rows.slice(0, page.limit + 1), page, (row) => row.number);
  }
}

function copy<T>(value: T): T {
  return structuredClone(value);
}
