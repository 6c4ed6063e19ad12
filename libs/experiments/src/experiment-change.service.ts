import { Injectable } from '@nestjs/common';
import { allocateRanges, allocateVariants } from '@app/bucketing';
import { Database } from '@app/database';
import { type Actor, AuditLog, EnvironmentService } from '@app/governance';
import { Clock } from '@app/kernel';
import { MetricService, Publisher, TaskService } from '@app/registry';
import { SubjectStore } from '@app/subjects';
import { type RunningChange, runningChange } from './domain/changes.js';
import type { Experiment, ExperimentContent } from './domain/experiment.js';
import { ExperimentError } from './domain/experiment.errors.js';
import { pinMetric } from './domain/fix-at-start.js';
import { epochShape, weightsOf } from './domain/epoch-shape.js';
import { type ExperimentChanges, ExperimentContentService } from './experiment-content.service.js';
import { ExperimentDesignService } from './experiment-design.service.js';
import { refusePastStart, visibleTo } from './experiment-draft.service.js';
import { trafficRefusal } from './domain/traffic.js';
import { ExperimentStore } from './ports/experiment.store.js';
import { ScheduleStore } from './ports/schedule.store.js';

/** Edits: anything of a draft, little of what has started. */
@Injectable()
export class ExperimentChangeService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly environments: EnvironmentService,
    private readonly content: ExperimentContentService,
    private readonly design: ExperimentDesignService,
    private readonly tasks: TaskService,
    private readonly experiments: ExperimentStore,
    private readonly subjects: SubjectStore,
    private readonly metrics: MetricService,
    private readonly schedules: ScheduleStore,
    private readonly publisher: Publisher,
  ) {}

  /** @param revision what the caller read; another means that somebody was faster */
  async change(key: string, revision: number, changes: ExperimentChanges, actor: Actor): Promise<Experiment> {
    return this.database.transaction(async () => {
      const before = visibleTo(actor, await this.experiments.forUpdate(key), key);
      if (before.revision !== revision) {
        throw new ExperimentError(
          'REVISION_MISMATCH',
          `you changed revision ${revision} of ${key}, but it is at ${before.revision}; read it again`,
        );
      }
      const content = await this.content.withChanges(before, changes);
      if (content.environment !== before.environment)
        await this.environments.require(content.environment, actor);
      const after =
        before.state === 'draft' ? await this.edit(before, content) : await this.adjust(before, content);
      await this.audit.record({
        actor,
        action: 'experiment.change',
        subjectType: 'experiment',
        subjectKey: key,
        environment: after.environment,
        before,
        after,
      });
      return after;
    });
  }

  private async edit(before: Experiment, content: ExperimentContent): Promise<Experiment> {
    const moved = content.startAt?.getTime() !== before.startAt?.getTime();
    if (moved) refusePastStart(content.startAt, this.clock.now());
    const variants = content.variants.map((variant) => ({ ...variant, ranges: null }));
    const after: Experiment = { ...before, ...content, variants, revision: before.revision + 1 };
    await this.experiments.save(after);
    if (moved && after.startAt) await this.schedules.set('start', after.id, after.startAt);
    if (moved && !after.startAt) await this.schedules.remove('start', after.id);
    return after;
  }

  private async adjust(before: Experiment, content: ExperimentContent): Promise<Experiment> {
    const change = runningChange(before, content);
    const now = this.clock.now();
    if (change.endAt && content.endAt && content.endAt.getTime() <= now.getTime()) {
      throw new ExperimentError(
        'END_HAS_PASSED',
        `it would end at ${content.endAt.toISOString()}, which has passed`,
      );
    }
    const after = await this.withAddedMetrics(
      {
        ...before,
        ...content,
        ranges: change.trafficShare ? await this.ranges(before, content.trafficShare) : before.ranges,
        variants: change.weights ? moveArms(before, content) : before.variants,
        revision: before.revision + 1,
      },
      change,
      now,
    );
    if (change.weights || change.trafficShare) {
      await this.design.requireExpressible(after, await this.tasks.find(after.task));
    }
    await this.experiments.save(after);
    if (change.endAt) {
      if (after.endAt) await this.schedules.set('stop', after.id, after.endAt);
      else await this.schedules.remove('stop', after.id);
    }
    if (change.weights || change.trafficShare) await this.openEpoch(after, change, now);
    return after;
  }

  private async ranges(before: Experiment, share: number): Promise<Experiment['ranges']> {
    if (before.assignment === 'given') return [];
    const taken = await this.experiments.trafficForUpdate(before.task, before.environment);
    const others = taken.filter((other) => other.id !== before.id);
    const ranges = allocateRanges(
      others.flatMap((other) => [...other.ranges]),
      share,
      before.ranges,
    );
    if (!ranges) throw trafficRefusal(before, share, others);
    return ranges;
  }

  private async withAddedMetrics(after: Experiment, change: RunningChange, now: Date): Promise<Experiment> {
    if (change.addedMetrics.length === 0) return after;
    const definitions = await this.metrics.findAll(change.addedMetrics);
    const metrics = after.metrics.map((metric) =>
      change.addedMetrics.includes(metric.metric) ? { ...metric, addedAt: now } : metric,
    );
    for (const definition of definitions) await this.subjects.addMetric(after.id, definition.id);
    const pinned = definitions.map((definition) =>
      pinMetric(
        metrics.find((metric) => metric.metric === definition.key)!,
        definition,
      ),
    );
    const fixed = after.fixedAtStart!;
    return { ...after, metrics, fixedAtStart: { ...fixed, metrics: [...fixed.metrics, ...pinned] } };
  }

  /** The analysis must know from when on units were split otherwise, or it would call the edit a mismatch. */
  private async openEpoch(after: Experiment, change: RunningChange, now: Date): Promise<void> {
    const what = [change.weights && 'weights', change.trafficShare && 'traffic share']
      .filter(Boolean)
      .join(' and ');
    await this.subjects.openEpoch(after.id, {
      openedAt: now,
      reason: `${what} changed`,
      weights: weightsOf(after),
      shape: epochShape(after),
    });
    await this.publisher.publish(after.environment, `experiment ${after.key}: ${what} changed`);
  }
}

/** New weights, with as few units moved as can be. */
function moveArms(before: Experiment, content: ExperimentContent): Experiment['variants'] {
  if (before.assignment === 'given') return content.variants;
  const plain = allocateVariants(before.variants);
  const current = before.variants.map((variant, index) => ({
    key: variant.key,
    ranges: variant.ranges ?? plain[index]!.ranges,
  }));
  const moved = allocateVariants(content.variants, current);
  return content.variants.map((variant, index) => ({ ...variant, ranges: moved[index]!.ranges }));
}
