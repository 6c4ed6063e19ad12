import type { MetricDefinition } from '@app/registry';
import type { Epoch, NewEpoch, NewSubject, Subject } from '../domain/subject.js';

/** Subjects, their metrics in order, and their epochs. */
export abstract class SubjectStore {
  /** Opens a subject with its first epoch, which begins when the subject does. */
  abstract open(
    subject: NewSubject,
    metricIds: readonly string[],
    firstEpoch: Pick<NewEpoch, 'weights' | 'shape' | 'reason'>,
  ): Promise<void>;
  /** Measures one more metric from now on; does nothing when it is measured already. */
  abstract addMetric(subjectId: string, metricId: string): Promise<void>;
  /** @returns the number of the new epoch */
  abstract openEpoch(subjectId: string, epoch: NewEpoch): Promise<number>;
  /**
   * Opens an epoch with the weights and shape of the one before it: somebody else changed who takes part.
   *
   * @param shape what changed; laid over the shape before
   * @returns the number of the new epoch
   */
  abstract audienceChanged(
    subjectId: string,
    change: Pick<NewEpoch, 'openedAt' | 'reason' | 'shape'>,
  ): Promise<number>;
  /** Experiments and rollouts that we assign units to now, on these tasks of an environment, by id. */
  abstract assigning(environment: string, tasks: readonly string[]): Promise<Subject[]>;
  abstract currentEpoch(subjectId: string): Promise<Epoch | null>;
  /** Oldest first. */
  abstract epochsOf(subjectId: string): Promise<Epoch[]>;
  abstract close(subjectId: string, until: { exposuresUntil: Date; outcomesUntil: Date }): Promise<void>;
  abstract find(kind: Subject['kind'], key: string): Promise<Subject | null>;
  abstract byId(id: string): Promise<Subject | null>;
  /** In the order in which they were named. */
  abstract metricsOf(subjectId: string): Promise<MetricDefinition[]>;
}
