import { AsyncLocalStorage } from 'node:async_hooks';
import { type Page, pageOf, type PageRequest, readCursor, readNumberCursor } from '@app/governance';
import type { Receipt } from '../domain/receipt.js';
import type { Rollout } from '../domain/rollout.js';
import { isFinal } from '../domain/rollout-lifecycle.js';
import { RolloutError } from '../domain/rollout.errors.js';
import { type RolloutFilter, RolloutStore } from '../ports/rollout.store.js';

/** What a transaction has written and nobody else sees yet. */
interface Session {
  readonly store: MemoryRolloutStore;
  readonly rollouts: Map<string, Rollout>;
  readonly receipts: Receipt[];
  readonly held: Set<string>;
  readonly onCommit: Array<() => void>;
  readonly onRollback: Array<() => void>;
}

interface Lock {
  holder: Session;
  readonly waiting: Array<{ readonly session: Session; readonly go: () => void }>;
}

/**
 * Rollouts in memory, with the promises Postgres makes at "read committed": transactions run beside each other, see
 * what others have committed and their own writes, wait for each other at locked rows and unique keys, and leave
 * nothing behind when they fail. What is given and handed out is shared, as its types allow: nobody changes it.
 */
export class MemoryRolloutStore extends RolloutStore {
  private readonly rollouts = new Map<string, Rollout>();
  private readonly chains = new Map<string, readonly Receipt[]>();
  private readonly locks = new Map<string, Lock>();
  // One for all stores: every one there is costs time at every promise of the process.
  private static readonly open = new AsyncLocalStorage<Session>();

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.own) return work();
    const session: Session = {
      store: this,
      rollouts: new Map(),
      receipts: [],
      held: new Set(),
      onCommit: [],
      onRollback: [],
    };
    try {
      const result = await MemoryRolloutStore.open.run(session, work);
      this.commit(session);
      return result;
    } catch (error) {
      for (const undo of session.onRollback.reverse()) undo();
      throw error;
    } finally {
      this.release(session);
    }
  }

  /** Called when the open transaction commits, in order; at once when none is open. */
  onCommit(effect: () => void): void {
    const session = this.own;
    if (session) session.onCommit.push(effect);
    else effect();
  }

  /** Called when the open transaction fails, newest first. */
  onRollback(undo: () => void): void {
    this.own?.onRollback.push(undo);
  }

  insert(rollout: Rollout): Promise<void> {
    return this.transaction(async () => {
      await this.hold(`active:${rollout.task}:${rollout.environment}`);
      if (await this.active(rollout.task, rollout.environment)) {
        throw new RolloutError('ROLLOUT_ALREADY_ACTIVE', `Another rollout moves ${rollout.task} already.`);
      }
      this.session.rollouts.set(rollout.id, rollout);
    });
  }

  save(rollout: Rollout): Promise<Rollout> {
    return this.transaction(async () => {
      await this.hold(rollout.id);
      if (this.find(rollout.id)?.revision !== rollout.revision) {
        throw new RolloutError('ROLLOUT_CONFLICT', `Rollout ${rollout.key} was changed meanwhile.`);
      }
      const saved = { ...rollout, revision: rollout.revision + 1 };
      this.session.rollouts.set(rollout.id, saved);
      return saved;
    });
  }

  async lock(id: string): Promise<Rollout | null> {
    if (this.find(id)) await this.hold(id);
    return this.find(id) ?? null;
  }

  async byKey(key: string): Promise<Rollout | null> {
    return this.visible().find((rollout) => rollout.key === key) ?? null;
  }

  async list(filter: RolloutFilter, page: PageRequest): Promise<Page<Rollout>> {
    const before = readCursor(page);
    const rows = this.visible()
      .filter(
        (rollout) =>
          (filter.task === undefined || rollout.task === filter.task) &&
          (filter.environment === undefined || rollout.environment === filter.environment) &&
          (filter.state === undefined || rollout.state.lifecycle === filter.state) &&
          (before === null || rollout.id < before),
      )
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    return pageOf(rows.slice(0, page.limit + 1), page, (row) => row.id);
  }

  async coolingDown(
    place: { task: string; environment: string; challengerId: string },
    now: Date,
  ): Promise<Rollout | null> {
    const found = this.visible().find(
      (rollout) =>
        rollout.task === place.task &&
        rollout.environment === place.environment &&
        rollout.challengerId === place.challengerId &&
        rollout.finishedAt !== null &&
        rollout.coolDownUntil !== null &&
        Date.parse(rollout.coolDownUntil) > now.getTime(),
    );
    return found ?? null;
  }

  async active(task: string, environment: string): Promise<Rollout | null> {
    const found = this.visible().find(
      (rollout) =>
        rollout.task === task && rollout.environment === environment && !isFinal(rollout.state.lifecycle),
    );
    return found ?? null;
  }

  appendReceipt(receipt: Receipt): Promise<void> {
    return this.transaction(async () => {
      await this.hold(`receipt:${receipt.rolloutId}:${receipt.number}`);
      if (this.chain(receipt.rolloutId).some(({ number }) => number === receipt.number))
        throw new Error(`receipt ${receipt.number} of ${receipt.rolloutId} is taken`);
      this.session.receipts.push(receipt);
    });
  }

  async lastReceipt(rolloutId: string): Promise<Receipt | null> {
    return this.chain(rolloutId).at(-1) ?? null;
  }

  async receipts(rolloutId: string, page: PageRequest): Promise<Page<Receipt>> {
    const after = readNumberCursor(page) ?? 0;
    const rows = this.chain(rolloutId).filter(({ number }) => number > after);
    return pageOf(rows.slice(0, page.limit + 1), page, (row) => row.number);
  }

  /** The open transaction on this store. */
  private get own(): Session | undefined {
    const session = MemoryRolloutStore.open.getStore();
    return session?.store === this ? session : undefined;
  }

  private get session(): Session {
    return this.own!;
  }

  private find(id: string): Rollout | undefined {
    return this.own?.rollouts.get(id) ?? this.rollouts.get(id);
  }

  private visible(): Rollout[] {
    const own = this.own?.rollouts;
    return [...(own && own.size > 0 ? new Map([...this.rollouts, ...own]) : this.rollouts).values()];
  }

  private chain(rolloutId: string): readonly Receipt[] {
    const own = this.own?.receipts.filter((receipt) => receipt.rolloutId === rolloutId) ?? [];
    const committed = this.chains.get(rolloutId) ?? [];
    return own.length === 0 ? committed : [...committed, ...own];
  }

  /** Waits for a row or key until the transaction that holds it has ended; outside of one there is nothing to hold. */
  private async hold(key: string): Promise<void> {
    const session = this.own;
    if (!session) return;
    const lock = this.locks.get(key);
    if (lock && lock.holder !== session) await new Promise<void>((go) => lock.waiting.push({ session, go }));
    else if (!lock) this.locks.set(key, { holder: session, waiting: [] });
    session.held.add(key);
  }

  private commit(session: Session): void {
    for (const [id, rollout] of session.rollouts) this.rollouts.set(id, rollout);
    for (const receipt of session.receipts) {
      this.chains.set(receipt.rolloutId, [...(this.chains.get(receipt.rolloutId) ?? []), receipt]);
    }
    for (const effect of session.onCommit) effect();
  }

  private release(session: Session): void {
    for (const key of session.held) {
      const lock = this.locks.get(key)!;
      const next = lock.waiting.shift();
      if (!next) this.locks.delete(key);
      else {
        lock.holder = next.session;
        next.go();
      }
    }
  }
}
