import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, MoreThan, Not, QueryFailedError, type FindOptionsWhere } from 'typeorm';
import { Database } from '@app/database';
import { type Page, pageOf, type PageRequest, readCursor, readNumberCursor } from '@app/governance';
import type { Receipt } from '../domain/receipt.js';
import type { Rollout } from '../domain/rollout.js';
import { RolloutError } from '../domain/rollout.errors.js';
import { type RolloutFilter, RolloutStore } from '../ports/rollout.store.js';
import { RolloutEntity, RolloutReceiptEntity } from './rollout.entities.js';
import { toReceipt, toReceiptRow, toRollout, toRow } from './rollout.mapper.js';

const ACTIVE = ['running', 'held'] as const;

@Injectable()
export class SqlRolloutStore extends RolloutStore {
  constructor(private readonly database: Database) {
    super();
  }

  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  async insert(rollout: Rollout): Promise<void> {
    try {
      await this.database.manager.insert(RolloutEntity, toRow(rollout));
    } catch (error) {
      if (violates(error, 'rollouts_one_active_idx')) {
        throw new RolloutError(
          'ROLLOUT_ALREADY_ACTIVE',
          `Another rollout moves ${rollout.task} in ${rollout.environment} already; one at a time.`,
          { task: rollout.task, environment: rollout.environment },
          { cause: error },
        );
      }
      throw error;
    }
  }

  async save(rollout: Rollout): Promise<Rollout> {
    const saved = { ...rollout, revision: rollout.revision + 1 };
    const { id, ...values } = toRow(saved);
    const { affected } = await this.database.manager.update(
      RolloutEntity,
      { id, revision: rollout.revision },
      values as object,
    );
    if (affected !== 1) {
      throw new RolloutError(
        'ROLLOUT_CONFLICT',
        `Rollout ${rollout.key} was changed by someone else meanwhile; read it again.`,
        { key: rollout.key, revision: rollout.revision },
      );
    }
    return saved;
  }

  async lock(id: string): Promise<Rollout | null> {
    const row = await this.database.manager.findOne(RolloutEntity, {
      where: { id },
      lock: { mode: 'pessimistic_write' },
    });
    return row && toRollout(row);
  }

  async byKey(key: string): Promise<Rollout | null> {
    const row = await this.database.manager.findOne(RolloutEntity, { where: { key } });
    return row && toRollout(row);
  }

  async list(filter: RolloutFilter, page: PageRequest): Promise<Page<Rollout>> {
    const where: FindOptionsWhere<RolloutEntity> = Object.fromEntries(
      Object.entries(filter).filter(([, value]) => value !== undefined),
    );
    // Ids are time-ordered, so they sort by creation and are unique.
    const before = readCursor(page);
    if (before !== null) where.id = LessThan(before);
    const rows = await this.database.manager.find(RolloutEntity, {
      where,
      order: { id: 'DESC' },
      take: page.limit + 1,
    });
    const { items, nextCursor } = pageOf(rows, page, (row) => row.id);
    return { items: items.map(toRollout), nextCursor };
  }

  async coolingDown(
    place: { task: string; environment: string; challengerId: string },
    now: Date,
  ): Promise<Rollout | null> {
    const row = await this.database.manager.findOne(RolloutEntity, {
      where: {
        task: place.task,
        environment: place.environment,
        challengerId: place.challengerId,
        coolDownUntil: MoreThan(now),
        finishedAt: Not(IsNull()),
      },
      order: { coolDownUntil: 'DESC' },
    });
    return row && toRollout(row);
  }

  async active(task: string, environment: string): Promise<Rollout | null> {
    const row = await this.database.manager.findOne(RolloutEntity, {
      where: { task, environment, state: In([...ACTIVE]) },
    });
    return row && toRollout(row);
  }

  async appendReceipt(receipt: Receipt): Promise<void> {
    await this.database.manager.insert(RolloutReceiptEntity, toReceiptRow(receipt));
  }

  async lastReceipt(rolloutId: string): Promise<Receipt | null> {
    const row = await this.database.manager.findOne(RolloutReceiptEntity, {
      where: { rolloutId },
      order: { number: 'DESC' },
    });
    return row && toReceipt(row);
  }

  async receipts(rolloutId: string, page: PageRequest): Promise<Page<Receipt>> {
    const after = readNumberCursor(page);
    const rows = await this.database.manager.find(RolloutReceiptEntity, {
      where: { rolloutId, ...(after === null ? {} : { number: MoreThan(after) }) },
      order: { number: 'ASC' },
      take: page.limit + 1,
    });
    const { items, nextCursor } = pageOf(rows, page, (row) => row.number);
    return { items: items.map(toReceipt), nextCursor };
  }
}

function violates(error: unknown, constraint: string): boolean {
  return (
    error instanceof QueryFailedError &&
    (error.driverError as { constraint?: string } | undefined)?.constraint === constraint
  );
}
