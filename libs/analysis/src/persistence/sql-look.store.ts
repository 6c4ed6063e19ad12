import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Page, pageOf, type PageRequest, readNumberCursor } from '@app/governance';
import { canonicalJson } from '@app/kernel';
import type { LookResult } from '@app/stats';
import type { Look, LookSummary, LookTrigger } from '../domain/look.js';
import { LookStore } from '../ports/look.store.js';

/** First key of the advisory locks under which looks are numbered. */
const LOOK_LOCKS = 7_220_003;

const COLUMNS = `id, subject_id, number, at, trigger, inputs, inputs_digest, estimator_version, result, result_digest,
  created_at`;

interface LookRow {
  id: string;
  subject_id: string;
  number: number;
  at: Date;
  trigger: LookTrigger;
  inputs: string;
  inputs_digest: string;
  estimator_version: string;
  result: string;
  result_digest: string;
  created_at: Date;
}

@Injectable()
export class SqlLookStore extends LookStore {
  constructor(private readonly database: Database) {
    super();
  }

  /**
   * An advisory lock and not the subject's row: whoever concludes an experiment holds that row and then wants the
   * schedule of its looks, which the worker holds while it comes here.
   */
  async lock(subjectId: string): Promise<void> {
    await this.database.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOOK_LOCKS, subjectId]);
  }

  async insert(look: Look): Promise<void> {
    await this.database.query(
      `INSERT INTO looks (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        look.id,
        look.subjectId,
        look.number,
        look.at,
        look.trigger,
        look.inputs,
        look.inputsDigest,
        look.estimatorVersion,
        canonicalJson(look.result),
        look.resultDigest,
        look.createdAt,
      ],
    );
    for (const { control, treatment, verdict, reasons } of look.result.comparisons) {
      await this.database.query(
        `INSERT INTO look_comparisons (look_id, control, treatment, verdict, reasons) VALUES ($1, $2, $3, $4, $5)`,
        [look.id, control, treatment, verdict, JSON.stringify(reasons)],
      );
    }
  }

  latest(subjectId: string): Promise<Look | null> {
    return this.one(`WHERE subject_id = $1 ORDER BY number DESC LIMIT 1`, [subjectId]);
  }

  at(subjectId: string, moment: Date): Promise<Look | null> {
    return this.one(`WHERE subject_id = $1 AND at <= $2 ORDER BY number DESC LIMIT 1`, [subjectId, moment]);
  }

  byId(id: string): Promise<Look | null> {
    return this.one('WHERE id = $1', [id]);
  }

  async history(subjectId: string, page: PageRequest): Promise<Page<LookSummary>> {
    const before = readNumberCursor(page);
    const rows = await this.database.query<{
      number: number;
      at: Date;
      trigger: LookTrigger;
      inputs_digest: string;
      comparisons: LookSummary['comparisons'];
    }>(
      `SELECT l.number, l.at, l.trigger, l.inputs_digest,
         (SELECT coalesce(json_agg(json_build_object(
            'control', c.control, 'treatment', c.treatment, 'verdict', c.verdict, 'reasons', c.reasons)
            ORDER BY c.treatment), '[]') FROM look_comparisons c WHERE c.look_id = l.id) AS comparisons
       FROM looks l
       WHERE l.subject_id = $1 AND ($2::integer IS NULL OR l.number < $2)
       ORDER BY l.number DESC LIMIT $3`,
      [subjectId, before, page.limit + 1],
    );
    const looks = rows.map(({ inputs_digest, ...look }) => ({ ...look, inputsDigest: inputs_digest }));
    return pageOf(looks, page, (look) => look.number);
  }

  async series(subjectId: string, limit: number): Promise<Look[]> {
    const rows = await this.database.query<LookRow>(
      `SELECT ${COLUMNS} FROM looks WHERE subject_id = $1 ORDER BY number DESC LIMIT $2`,
      [subjectId, limit],
    );
    return rows.map(lookOf).reverse();
  }

  private async one(condition: string, parameters: readonly unknown[]): Promise<Look | null> {
    const [row] = await this.database.query<LookRow>(`SELECT ${COLUMNS} FROM looks ${condition}`, parameters);
    return row ? lookOf(row) : null;
  }
}

function lookOf(row: LookRow): Look {
  return {
    id: row.id,
    subjectId: row.subject_id,
    number: row.number,
    at: row.at,
    trigger: row.trigger,
    inputs: row.inputs,
    inputsDigest: row.inputs_digest,
    estimatorVersion: row.estimator_version,
    result: JSON.parse(row.result) as LookResult,
    resultDigest: row.result_digest,
    createdAt: row.created_at,
  };
}
