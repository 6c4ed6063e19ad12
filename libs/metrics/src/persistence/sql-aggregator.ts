import { unitBucket } from '@app/bucketing';
import { Database } from '@app/database';
import { isUnavailable, SHARDS, shardOf } from '@app/events';
import { CorrectionError } from '../domain/correction.errors.js';
import { Aggregator } from '../ports/aggregator.js';
import { type ClaimedUnit, claimedParameters } from './claimed-units.js';
import { EventEraser } from './event-eraser.js';
import { CLEAR_SHARDS, FLUSH, SET_CLOCKS } from './flush.sql.js';
import { GATHER_CHANGES, GATHER_CLOSING, GATHER_SHARDS } from './gather.sql.js';
import * as queue from './queue.sql.js';
import { RECOMPUTE_SHADOW_PAIRS, SHADOWED_UNITS } from './shadow-pairs.sql.js';
import { RECOMPUTE_UNIT_EXPOSURES } from './unit-exposures.sql.js';
import { RECOMPUTE_UNIT_METRICS } from './unit-metrics.sql.js';
import { EMPTY_WORKING_TABLES, WORKING_TABLES } from './working-tables.sql.js';

/** Pending rows a transaction takes: enough to pay for its statements, few enough to keep it under a second. */
const CLAIM_ROWS = 8_000;

/** Claims per shard and round, so that a flood on one shard leaves time for the others and for looks. */
const CLAIMS_PER_ROUND = 25;

/** Rows per statement when a recount queues units. */
const QUEUE_ROWS = 20_000;

/**
 * Sorting a shard's unit rows in memory, where the default spills to disk; no JIT, which costs more than it saves on
 * statements over many partitions; and no notice that a connection has its working tables already.
 */
const SETTINGS = `SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
  set_config('client_min_messages', 'warning', true)`;

const ALL_SHARDS: readonly number[] = Array.from({ length: SHARDS }, (_, shard) => shard);

interface PendingRow {
  readonly environment: string;
  readonly unit: string;
  readonly inference_id: string | null;
  /** Whether its exposures may have changed, and not outcomes alone. */
  readonly exposed: boolean;
}

interface DirtyShard {
  readonly subject_id: string;
  readonly shard: number;
}

/** Counting in Postgres. */
export class SqlAggregator extends Aggregator {
  private readonly eraser: EventEraser;

  constructor(private readonly database: Database) {
    super();
    this.eraser = new EventEraser(database);
  }

  override async round(now: Date): Promise<boolean> {
    const changed = await this.database.query(queue.EXPAND_SUBJECTS, [SHARDS]);
    let worked = changed.length > 0;
    const failures: unknown[] = [];
    for (const turn of await this.turns(queue.PENDING_SHARDS, queue.COUNT_PENDING, [CLAIM_ROWS])) {
      await this.apart(turn, failures, async (shards) => {
        for (let claim = 0; claim < CLAIMS_PER_ROUND; claim += 1) {
          const rows = await this.recompute(shards);
          if (rows > 0) worked = true;
          if (rows < CLAIM_ROWS) break;
        }
      });
    }
    const [windows] = await this.database.query<{ closing: boolean }>(queue.ANY_CLOSING, [now]);
    if (windows?.closing) {
      await this.apart(ALL_SHARDS, failures, async (shards) => {
        if (await this.close(shards, now)) worked = true;
      });
    }
    for (const turn of await this.turns(queue.DIRTY_SHARDS, queue.COUNT_DIRTY, [])) {
      await this.apart(turn, failures, async (shards) => {
        if (await this.refresh(shards, now)) worked = true;
      });
    }
    if (failures.length > 0) throw failures[0];
    return worked;
  }

  /** Works on shards together, and on each alone when that fails: one that cannot be counted holds up no other. */
  private async apart(
    shards: readonly number[],
    failures: unknown[],
    work: (shards: readonly number[]) => Promise<void>,
  ): Promise<void> {
    try {
      await work(shards);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      if (shards.length === 1) failures.push(error);
      else for (const shard of shards) await this.apart([shard], failures, work);
    }
  }

  override async hasWork(now: Date): Promise<boolean> {
    const [row] = await this.database.query<{ work: boolean }>(queue.HAS_WORK, [now]);
    return row?.work ?? false;
  }

  override async waitingSince(environment: string): Promise<Date | null> {
    const [row] = await this.database.query<{ since: Date | null }>(queue.WAITING_SINCE, [environment]);
    return row?.since ?? null;
  }

  override async recount(subjectId: string): Promise<number> {
    return this.database.transaction(async () => {
      const frozen = await this.database.query(
        'SELECT FROM subjects WHERE id = $1 AND frozen_at IS NOT NULL',
        [subjectId],
      );
      if (frozen.length > 0) {
        throw new CorrectionError(
          'EVENTS_DROPPED',
          'some of the events behind these statistics are no longer kept; the statistics stand as they are',
        );
      }
      const units = await this.database.query<{ environment: string; unit: string }>(
        `SELECT DISTINCT environment, unit FROM events WHERE subject_id = $1 AND type = 'exposure' AND unit <> ''`,
        [subjectId],
      );
      const shadowed = await this.database.query<{ environment: string; unit: string }>(SHADOWED_UNITS, [
        subjectId,
      ]);
      const exposed = new Set(units.map(({ unit }) => unit));
      units.push(...shadowed.filter(({ unit }) => !exposed.has(unit)));
      await this.queueUnits(units);
      await this.database.query(
        `INSERT INTO pending_subjects (subject_id, since) VALUES ($1, '-infinity')
         ON CONFLICT (subject_id) DO UPDATE SET since = excluded.since`,
        [subjectId],
      );
      return units.length;
    });
  }

  override async recountUnit(environment: string, unit: string): Promise<void> {
    await this.queueUnits([{ environment, unit }]);
  }

  override async hold(unit: string): Promise<void> {
    await this.database.query(queue.HOLD_SHARD, [queue.SHARD_LOCKS, shardOf(unit)]);
  }

  override async countNow(environment: string, unit: string, now: Date): Promise<void> {
    const bucket = unitBucket(unit);
    await this.prepare();
    await this.database.query(queue.CLAIM_UNIT, [shardOf(unit), environment, unit]);
    const units = [{ environment, unit, bucket }];
    await this.recomputeUnits(units, units);
    const dirty = await this.database.query<DirtyShard>(queue.CLAIM_DIRTY_OF_BUCKET, [bucket, SHARDS]);
    if (dirty.length > 0) await this.refill(dirty, now);
  }

  /** @returns pending rows taken; 0 when there were none or other workers have the shards */
  private recompute(wanted: readonly number[]): Promise<number> {
    return this.withShards(wanted, async (shards) => {
      const rows = await this.database.query<PendingRow>(queue.CLAIM_PENDING, [shards, CLAIM_ROWS]);
      if (rows.length === 0) return 0;
      await this.eraser.removeLate(rows);
      const named = rows.filter(({ unit }) => unit !== '');
      const units = distinctUnits([...named, ...(await this.resolve(shards, rows))]);
      if (units.length > 0) {
        await this.recomputeUnits(units, distinctUnits(named.filter(({ exposed }) => exposed)));
      }
      return rows.length;
    });
  }

  /**
   * Unit rows from events, and in the same transaction what follows from that for the statistics.
   *
   * @param exposed those of the units whose exposures may have changed
   */
  private async recomputeUnits(
    units: readonly ClaimedUnit[],
    exposed: readonly ClaimedUnit[],
  ): Promise<void> {
    if (exposed.length > 0) await this.database.query(RECOMPUTE_UNIT_EXPOSURES, claimedParameters(exposed));
    const [counted] = await this.database.query<{ shadowed: boolean }>(
      RECOMPUTE_UNIT_METRICS,
      claimedParameters(units),
    );
    if (counted!.shadowed) await this.database.query(RECOMPUTE_SHADOW_PAIRS, claimedParameters(units));
    await this.database.query(GATHER_CHANGES);
    await this.flush();
  }

  /**
   * Units of outcomes that know only their inference. Those of other shards are queued there: this transaction may
   * write its own shards only. Where no unit is known yet, its exposure will find the outcome.
   */
  private async resolve(
    shards: readonly number[],
    rows: readonly PendingRow[],
  ): Promise<Array<{ environment: string; unit: string }>> {
    const lone = rows.filter(({ unit }) => unit === '');
    if (lone.length === 0) return [];
    const units = await this.database.query<{ environment: string; unit: string }>(
      queue.UNITS_OF_INFERENCES,
      [lone.map(({ environment }) => environment), lone.map(({ inference_id }) => inference_id)],
    );
    await this.queueUnits(units.filter(({ unit }) => !shards.includes(shardOf(unit))));
    return units.filter(({ unit }) => shards.includes(shardOf(unit)));
  }

  private async queueUnits(units: ReadonlyArray<{ environment: string; unit: string }>): Promise<void> {
    for (let from = 0; from < units.length; from += QUEUE_ROWS) {
      const rows = units.slice(from, from + QUEUE_ROWS);
      await this.database.query(queue.QUEUE_UNITS, [
        rows.map(({ unit }) => shardOf(unit)),
        rows.map(({ environment }) => environment),
        rows.map(({ unit }) => unit),
      ]);
    }
  }

  /** Counts units as closed whose window has closed since their shard's clock stood still. */
  private close(wanted: readonly number[], now: Date): Promise<number> {
    return this.withShards(wanted, async (shards) => {
      const behind = await this.database.query<{ subject_id: string; shard: number; stood: string }>(
        queue.CLOSING_SHARDS,
        [now, shards],
      );
      if (behind.length === 0) return 0;
      const [subjects, theirs] = [behind.map((row) => row.subject_id), behind.map((row) => row.shard)];
      const closing = [subjects, theirs, behind.map(({ stood }) => stood), now];
      await this.database.query(GATHER_CLOSING.before, closing);
      await this.database.query(SET_CLOCKS, [subjects, theirs, now]);
      await this.database.query(GATHER_CLOSING.after, closing);
      await this.flush();
      return behind.length;
    });
  }

  /** Counts shards anew from their unit rows: what every addition and removal so far must have come to. */
  private refresh(wanted: readonly number[], now: Date): Promise<number> {
    return this.withShards(wanted, async (shards) => {
      const dirty = await this.database.query<DirtyShard>(queue.CLAIM_DIRTY, [shards, SHARDS]);
      if (dirty.length === 0) return 0;
      await this.refill(dirty, now);
      return dirty.length;
    });
  }

  private async refill(dirty: readonly DirtyShard[], now: Date): Promise<void> {
    const which = [dirty.map(({ subject_id }) => subject_id), dirty.map(({ shard }) => shard)];
    for (const clear of CLEAR_SHARDS) await this.database.query(clear, which);
    await this.database.query(SET_CLOCKS, [...which, now]);
    // Whole shards are hashed or merged, whatever the planner thinks of tables that it has not seen grow.
    await this.database.query('SET LOCAL enable_nestloop = off');
    await this.database.query(GATHER_SHARDS, which);
    await this.database.query('SET LOCAL enable_nestloop = on');
    await this.flush();
  }

  /** Writes what was gathered, and leaves the working tables empty for whatever else the transaction counts. */
  private async flush(): Promise<void> {
    for (const statement of FLUSH) await this.database.query(statement);
    await this.database.query(EMPTY_WORKING_TABLES);
  }

  private async prepare(): Promise<void> {
    await this.database.query(SETTINGS);
    for (const table of WORKING_TABLES) await this.database.query(table);
  }

  private withShards(
    wanted: readonly number[],
    work: (shards: readonly number[]) => Promise<number>,
  ): Promise<number> {
    return this.database.transaction(async () => {
      const mine = await this.database.query<{ shard: number }>(queue.TRY_SHARDS, [
        queue.SHARD_LOCKS,
        wanted,
      ]);
      if (mine.length === 0) return 0;
      await this.prepare();
      return work(mine.map(({ shard }) => shard));
    });
  }

  /**
   * Shards with work, as they are taken: all in one transaction when the work is small, for most of its cost is in the
   * statements; else one by one, which shares it among workers.
   */
  private async turns(
    shardsSql: string,
    countSql: string,
    parameters: readonly unknown[],
  ): Promise<number[][]> {
    const rows = await this.database.query<{ shard: number }>(shardsSql, [SHARDS]);
    const shards = rows.map(({ shard }) => shard);
    if (shards.length === 0) return [];
    const [found] = await this.database.query<{ count: number }>(countSql, parameters);
    return (found?.count ?? 0) < CLAIM_ROWS ? [shards] : shards.map((shard) => [shard]);
  }
}

function distinctUnits(rows: ReadonlyArray<{ environment: string; unit: string }>): ClaimedUnit[] {
  const units = new Map<string, ClaimedUnit>();
  for (const { environment, unit } of rows) {
    units.set(`${environment}\u0000${unit}`, { environment, unit, bucket: unitBucket(unit) });
  }
  return [...units.values()];
}
