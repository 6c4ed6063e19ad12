import { Injectable } from '@nestjs/common';
import type { SubjectKind } from '@app/bucketing';
import { Database } from '@app/database';
import { SHARDS } from '@app/events';
import { planRetention, type RetainedSubject, type RetentionPlan } from '../domain/plan-retention.js';
import { EventRetention, type RetentionRun } from '../ports/event-retention.js';
import { SHARD_LOCKS } from './queue.sql.js';
import * as sql from './retention.sql.js';

/** For whoever still reads a day that goes: a backup may for hours, and a worker that stops must not wait for it. */
const PATIENCE = '5s';

interface SubjectRow {
  id: string;
  kind: SubjectKind;
  key: string;
  since: Date;
  outcomes_until: Date | null;
}

/** One session: a partition is detached outside any transaction. */
interface Session {
  query<Row>(text: string, parameters?: unknown[]): Promise<Row[]>;
}

/**
 * In this order, each step before the next is safe to stop after: subjects are frozen and the floor goes up together,
 * from when on no event below it can be stored (ensure_events_partition); then days go; then the keys of their events,
 * which nobody can send again.
 */
@Injectable()
export class SqlEventRetention extends EventRetention {
  /** Last of the rows that waited when it was first asked; they are counted before anything is dropped. */
  private waitsFor: string | null = null;

  constructor(private readonly database: Database) {
    super();
  }

  override async run(now: Date, keepDays: number): Promise<RetentionRun | null> {
    const runner = this.database.source.createQueryRunner();
    await runner.connect();
    // TypeORM answers a DELETE with [rows, count].
    const session: Session = {
      query: async (text, parameters) => (await runner.query(text, parameters)) as never,
    };
    try {
      const [lock] = await session.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [
        sql.RETENTION_LOCK,
      ]);
      if (!lock!.mine) return null;
      try {
        if (await this.somethingWaits()) return null;
        await session.query(`SET lock_timeout = '${PATIENCE}'`);
        return await this.alone(session, now, keepDays);
      } catch (error) {
        if (isLockTimeout(error)) return null;
        throw error;
      } finally {
        await session.query('RESET lock_timeout');
        await session.query('SELECT pg_advisory_unlock($1)', [sql.RETENTION_LOCK]);
      }
    } finally {
      await runner.release();
    }
  }

  private async alone(session: Session, now: Date, keepDays: number): Promise<RetentionRun> {
    const { frozen, heldBackBy } = await this.raiseFloor(now, keepDays);
    const [floors] = await this.database.query<{ floor: string | null; keys_floor: string | null }>(
      sql.FLOORS,
    );
    const { floor, keys_floor: keysFloor } = floors!;
    const droppedDays = await dropDays(session);
    const droppedKeys = floor === null || floor === keysFloor ? 0 : await dropKeys(session, floor);
    return {
      floor: floor === null ? null : new Date(`${floor}T00:00:00Z`),
      droppedDays,
      droppedKeys,
      frozen,
      heldBackBy,
    };
  }

  /** Units that wait now may belong to days that go; those that come later belong to days that stay. */
  private async somethingWaits(): Promise<boolean> {
    if (this.waitsFor === null) {
      const [last] = await this.database.query<{ seq: string | null }>(sql.LAST_PENDING);
      this.waitsFor = last!.seq ?? '0';
    }
    const [row] = await this.database.query<{ pending: boolean }>(sql.PENDING_UP_TO, [this.waitsFor]);
    if (row!.pending) return true;
    this.waitsFor = null;
    return false;
  }

  private async raiseFloor(
    now: Date,
    keepDays: number,
  ): Promise<{ frozen: string[]; heldBackBy: string | null }> {
    // Looked at first without the shards: mostly nothing is to be done, and workers need not wait for that.
    const { raises, heldBackBy } = await this.plan(now, keepDays);
    if (!raises) return { frozen: [], heldBackBy: heldBackBy && nameOf(heldBackBy) };
    return this.database.transaction(async () => {
      await this.database.query(sql.HOLD_SHARDS, [SHARD_LOCKS, SHARDS]);
      const plan = await this.plan(now, keepDays);
      if (plan.freeze.length > 0)
        await this.database.query(sql.FREEZE, [plan.freeze.map(({ id }) => id), now]);
      await this.database.query(sql.RAISE_FLOOR, [dayOf(plan.floor)]);
      return { frozen: plan.freeze.map(nameOf), heldBackBy: plan.heldBackBy && nameOf(plan.heldBackBy) };
    });
  }

  private async plan(now: Date, keepDays: number): Promise<RetentionPlan & { raises: boolean }> {
    const [floors] = await this.database.query<{ floor: string | null }>(sql.FLOORS);
    const rows = await this.database.query<SubjectRow>(sql.RETAINED_SUBJECTS);
    const floor = floors!.floor === null ? null : new Date(`${floors!.floor}T00:00:00Z`);
    const subjects = rows.map(({ outcomes_until: outcomesUntil, ...row }) => ({ ...row, outcomesUntil }));
    const plan = planRetention(now, keepDays, floor, subjects);
    const [days] = await this.database.query<{ some: boolean }>(sql.DAYS_BEFORE, [dayOf(plan.floor)]);
    return { ...plan, raises: days!.some && (floor === null || plan.floor > floor) };
  }
}

const isLockTimeout = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '55P03';
const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
const nameOf = ({ kind, key }: RetainedSubject): string => `${kind} ${key}`;

/** Detached while events come in and are read: DROP alone would lock all of events, and wait for every reader. */
async function dropDays(session: Session): Promise<string[]> {
  const days = await session.query<{ name: string; attached: boolean; detaching: boolean }>(
    sql.DAYS_BELOW_FLOOR,
  );
  for (const { name, attached, detaching } of days) {
    if (attached)
      await session.query(
        `ALTER TABLE events DETACH PARTITION ${name} ${detaching ? 'FINALIZE' : 'CONCURRENTLY'}`,
      );
    await session.query(`DROP TABLE ${name}`);
  }
  return days.map(({ name }) => name.replace(/^events_(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'));
}

async function dropKeys(session: Session, floor: string): Promise<number> {
  let dropped = 0;
  for (const { name } of await session.query<{ name: string }>(sql.KEY_PARTITIONS)) {
    const answer: unknown = await session.query(`DELETE FROM ${name} WHERE at < $1::date`, [floor]);
    dropped += Number((answer as [unknown, number])[1]);
  }
  await session.query(sql.DROP_REFUSED, [floor]);
  await session.query(sql.KEYS_DROPPED, [floor]);
  return dropped;
}
