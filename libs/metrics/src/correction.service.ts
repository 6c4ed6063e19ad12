import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Actor, AuditLog, EnvironmentService } from '@app/governance';
import { Clock } from '@app/kernel';
import { type Subject, SubjectError, SubjectStore } from '@app/subjects';
import { Aggregator } from './ports/aggregator.js';
import { type Erasure, type ErasureTarget, UnitEraser } from './ports/unit-eraser.js';

/** What people do to data that was counted: have a unit forgotten, have something counted anew. */
@Injectable()
export class CorrectionService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly environments: EnvironmentService,
    private readonly subjects: SubjectStore,
    private readonly aggregator: Aggregator,
    private readonly eraser: UnitEraser,
    private readonly audit: AuditLog,
  ) {}

  /** The audit row has the digest of the unit and never its name: it can be neither changed nor removed. */
  async erase(target: ErasureTarget, reason: string, actor: Actor): Promise<Erasure> {
    return this.database.transaction(async () => {
      await this.environments.require(target.environment, actor);
      const { reference, overrides, ...after } = await this.eraser.erase(target, this.clock.now());
      await this.audit.record({
        actor,
        action: 'unit.erase',
        subjectType: 'unit',
        subjectKey: reference,
        environment: target.environment,
        reason,
        after,
      });
      return { reference, overrides, ...after };
    });
  }

  /**
   * Counts every unit of an experiment or rollout anew from its events; workers do it.
   *
   * @returns how many units
   * @throws SubjectError `SUBJECT_UNKNOWN`; CorrectionError `EVENTS_DROPPED`
   */
  async recountSubject(
    kind: Subject['kind'],
    key: string,
    reason: string | undefined,
    actor: Actor,
  ): Promise<number> {
    return this.database.transaction(async () => {
      const subject = await this.subjects.find(kind, key);
      if (!subject) throw new SubjectError('SUBJECT_UNKNOWN', `no ${kind} "${key}" was ever measured`);
      await this.environments.require(subject.environment, actor);
      const units = await this.aggregator.recount(subject.id);
      await this.audit.record({
        actor,
        action: `${kind}.recount`,
        subjectType: kind,
        subjectKey: key,
        environment: subject.environment,
        reason,
        after: { units },
      });
      return units;
    });
  }

  /** Counts one unit anew, in every experiment and rollout whose events are still kept; workers do it. */
  async recountUnit(environment: string, unit: string, actor: Actor): Promise<void> {
    await this.environments.require(environment, actor);
    await this.aggregator.recountUnit(environment, unit);
  }
}
