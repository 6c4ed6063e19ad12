import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type MetricDefinition, MetricService } from '@app/registry';
import { In, IsNull, Not } from 'typeorm';
import type { Epoch, NewEpoch, NewSubject, Subject } from '../domain/subject.js';
import { SubjectError } from '../domain/subject.errors.js';
import { SubjectStore } from '../ports/subject.store.js';
import { EpochEntity, SubjectEntity, SubjectMetricEntity } from './subject.entities.js';

@Injectable()
export class SqlSubjectStore extends SubjectStore {
  constructor(
    private readonly database: Database,
    private readonly metrics: MetricService,
  ) {
    super();
  }

  async open(
    subject: NewSubject,
    metricIds: readonly string[],
    firstEpoch: Pick<NewEpoch, 'weights' | 'shape' | 'reason'>,
  ): Promise<void> {
    await this.database.transaction(async () => {
      const { manager } = this.database;
      await manager.insert(SubjectEntity, {
        ...subject,
        furtherTasks: [...(subject.furtherTasks ?? [])],
        covariates: [...subject.covariates],
        dimensions: [...subject.dimensions],
        exposuresUntil: null,
        outcomesUntil: null,
      });
      if (metricIds.length > 0)
        await manager.insert(
          SubjectMetricEntity,
          metricIds.map((metricId, position) => ({ subjectId: subject.id, metricId, position })),
        );
      await this.openEpoch(subject.id, { ...firstEpoch, openedAt: subject.openedAt });
    });
  }

  async addMetric(subjectId: string, metricId: string): Promise<void> {
    await this.database.query(
      `INSERT INTO subject_metrics (subject_id, metric_id, position)
       SELECT $1, $2, coalesce(max(position) + 1, 0) FROM subject_metrics WHERE subject_id = $1
       ON CONFLICT DO NOTHING`,
      [subjectId, metricId],
    );
  }

  async openEpoch(subjectId: string, epoch: NewEpoch): Promise<number> {
    return this.database.transaction(async () => {
      // Two changes at once would both take the next number: the second waits here.
      await this.lock(subjectId);
      const number = ((await this.currentEpoch(subjectId))?.number ?? 0) + 1;
      await this.database.manager.insert(EpochEntity, {
        subjectId,
        number,
        openedAt: epoch.openedAt,
        reason: epoch.reason,
        weights: { ...epoch.weights },
        shape: { ...epoch.shape } as object,
      });
      return number;
    });
  }

  async audienceChanged(
    subjectId: string,
    { openedAt, reason, shape }: Pick<NewEpoch, 'openedAt' | 'reason' | 'shape'>,
  ): Promise<number> {
    return this.database.transaction(async () => {
      // Before the last epoch is read: an edit under way would otherwise be undone by its copy.
      await this.lock(subjectId);
      const before = await this.currentEpoch(subjectId);
      return this.openEpoch(subjectId, {
        openedAt,
        reason,
        weights: before?.weights ?? {},
        shape: { ...before?.shape, ...shape },
      });
    });
  }

  async assigning(environment: string, tasks: readonly string[]): Promise<Subject[]> {
    return this.database.manager.find(SubjectEntity, {
      where: {
        environment,
        task: In([...tasks]),
        kind: Not('holdout'),
        assignment: 'platform',
        exposuresUntil: IsNull(),
      },
      order: { id: 'ASC' },
    });
  }

  async currentEpoch(subjectId: string): Promise<Epoch | null> {
    const row = await this.database.manager.findOne(EpochEntity, {
      where: { subjectId },
      order: { number: 'DESC' },
    });
    return row && epochOf(row);
  }

  async epochsOf(subjectId: string): Promise<Epoch[]> {
    const rows = await this.database.manager.find(EpochEntity, {
      where: { subjectId },
      order: { number: 'ASC' },
    });
    return rows.map(epochOf);
  }

  async close(subjectId: string, until: { exposuresUntil: Date; outcomesUntil: Date }): Promise<void> {
    await this.database.manager.update(SubjectEntity, { id: subjectId }, until);
  }

  async find(kind: Subject['kind'], key: string): Promise<Subject | null> {
    return this.database.manager.findOneBy(SubjectEntity, { kind, key });
  }

  async byId(id: string): Promise<Subject | null> {
    return this.database.manager.findOneBy(SubjectEntity, { id });
  }

  async metricsOf(subjectId: string): Promise<MetricDefinition[]> {
    const rows = await this.database.manager.find(SubjectMetricEntity, {
      where: { subjectId },
      order: { position: 'ASC' },
    });
    const found = await this.metrics.byIds(rows.map((row) => row.metricId));
    const byId = new Map(found.map((metric) => [metric.id, metric]));
    return rows.map((row) => byId.get(row.metricId)!);
  }

  private async lock(subjectId: string): Promise<void> {
    const subject = await this.database.manager.findOne(SubjectEntity, {
      where: { id: subjectId },
      lock: { mode: 'pessimistic_write' },
    });
    if (!subject) throw new SubjectError('SUBJECT_UNKNOWN', `there is no subject ${subjectId}`);
  }
}

const epochOf = ({ number, openedAt, reason, weights, shape }: EpochEntity): Epoch => ({
  number,
  openedAt,
  reason,
  weights,
  shape,
});
