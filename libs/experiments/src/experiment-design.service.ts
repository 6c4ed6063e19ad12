import { Injectable } from '@nestjs/common';
import { MAX_PREREQUISITE_DEPTH } from '@app/bucketing';
import { ModelService, type Task, TaskService } from '@app/registry';
import { SegmentService } from '@app/segments';
import type { Experiment, ExperimentContent } from './domain/experiment.js';
import { ExperimentError } from './domain/experiment.errors.js';
import { prerequisiteCycle, prerequisitesTooDeep } from './domain/prerequisites.js';
import { checkScheme } from './domain/check-scheme.js';
import { ExperimentStore } from './ports/experiment.store.js';

type Designed = Pick<ExperimentContent, 'task' | 'audience' | 'prerequisites'>;

/** Checks what an experiment refers to beyond itself: segments, and other tasks and their models. */
@Injectable()
export class ExperimentDesignService {
  constructor(
    private readonly tasks: TaskService,
    private readonly models: ModelService,
    private readonly segments: SegmentService,
    private readonly experiments: ExperimentStore,
  ) {}

  /** Refuses what is not there, or cannot be asked of a unit of this task. */
  async requireReferences(
    { audience, prerequisites }: Designed,
    task: Pick<Task, 'key' | 'unitType'>,
  ): Promise<void> {
    await this.segments.require(audience);
    for (const prerequisite of prerequisites) {
      const other = await this.tasks.find(prerequisite.task);
      if (other.unitType !== task.unitType) {
        throw new ExperimentError(
          'PREREQUISITE_UNIT_MISMATCH',
          `${task.key} randomises each ${task.unitType}, but ${other.key} each ${other.unitType}: a ${task.unitType} has no answer of it`,
        );
      }
      for (const model of prerequisite.models ?? []) await this.models.find(model);
    }
  }

  /** Refuses a start after which two tasks would each wait for the other. Nobody else starts one until the end. */
  async requireNoCycle(experiment: Experiment): Promise<void> {
    if (experiment.prerequisites.length === 0) return;
    const running = await this.experiments.dependentForUpdate(experiment.environment);
    const others = running.filter((other) => other.key !== experiment.key);
    const cycle = prerequisiteCycle(experiment, others);
    if (cycle) {
      throw new ExperimentError(
        'PREREQUISITE_CYCLE',
        `with it ${cycle.join(' would wait for ')}; conclude one of the experiments that ask`,
      );
    }
    if (prerequisitesTooDeep([...others, experiment])) {
      throw new ExperimentError(
        'PREREQUISITE_CYCLE',
        `with it more than ${MAX_PREREQUISITE_DEPTH} tasks would wait for one another in a row`,
      );
    }
  }

  /** Refuses what SDKs that evaluate under the task's hash scheme could not answer as we do. */
  async requireExpressible(experiment: Experiment, { hashScheme }: Pick<Task, 'hashScheme'>): Promise<void> {
    if (hashScheme === 'native-v1' || experiment.assignment === 'given') return;
    const running = await this.experiments.traffic(experiment.task, experiment.environment);
    const others = running.filter((other) => other.key !== experiment.key);
    checkScheme(hashScheme, experiment, others, await this.segments.require(experiment.audience));
  }
}
