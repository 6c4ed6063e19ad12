import { Injectable } from '@nestjs/common';
import type { SubjectKind } from '@app/bucketing';
import { Database } from '@app/database';
import { ensureSecret } from '@app/governance';
import { Aggregator } from '../ports/aggregator.js';
import { type Erasure, type ErasureTarget, UnitEraser } from '../ports/unit-eraser.js';
import { erasedDigest } from './erased-identifiers.js';
import * as sql from './erasure.sql.js';
import { EventEraser } from './event-eraser.js';

type SubjectRow = { id: string; kind: SubjectKind; key: string };

@Injectable()
export class SqlUnitEraser extends UnitEraser {
  private readonly eraser: EventEraser;

  constructor(
    private readonly database: Database,
    private readonly aggregator: Aggregator,
  ) {
    super();
    this.eraser = new EventEraser(database);
  }

  override erase(target: ErasureTarget, now: Date): Promise<Erasure> {
    return this.database.transaction(async () => {
      const { environment, unit, unitType } = target;
      const secret = await ensureSecret(this.database.manager, environment, 'erasure', { now: () => now });
      const reference = erasedDigest(secret, 'unit', unit);
      // First of all: whoever counts this unit is done before, or finds it remembered as erased.
      await this.aggregator.hold(unit);
      await this.eraser.remember(environment, [reference], now, unitType);
      const before = await this.subjects(target);
      const { inferences, ...gone } = await this.eraser.erase(target, secret, {
        until: null,
        remembered: now,
      });
      const refused = await this.database.query(sql.ERASE_REFUSED, [environment, unit, unitType, inferences]);
      await this.database.query(sql.ERASE_FROZEN_ROWS, [environment, unit, unitType]);
      await this.aggregator.countNow(environment, unit, now);
      const left = new Set((await this.subjects(target)).map(({ id }) => id));
      const overrides = await this.database.query<{ key: string }>(sql.OVERRIDES_OF_UNIT, [
        environment,
        unit,
      ]);
      return {
        reference: reference.toString('hex'),
        until: now,
        ...gone,
        refusedEvents: refused.length,
        subjects: before.filter(({ id }) => !left.has(id)).map(({ kind, key }) => ({ kind, key })),
        overrides: overrides.map(({ key }) => key),
      };
    });
  }

  private subjects({ environment, unit }: ErasureTarget): Promise<SubjectRow[]> {
    return this.database.query<SubjectRow>(sql.SUBJECTS_OF_UNIT, [environment, unit]);
  }
}
