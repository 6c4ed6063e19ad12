import type { HashRange } from '@app/bucketing';
import type { PageRequest } from '@app/governance';
import type { Experiment, ExperimentState } from '../domain/experiment.js';
import type { Dependent } from '../domain/prerequisites.js';
import { ExperimentReader } from './experiment.reader.js';

export interface ExperimentFilter {
  readonly task?: string;
  readonly environment?: string;
  readonly state?: ExperimentState;
  readonly tag?: string;
  readonly owner?: string;
}

/** What another experiment takes of a task's traffic. */
export interface TrafficTaken {
  readonly id: string;
  readonly key: string;
  readonly state: ExperimentState;
  readonly trafficShare: number;
  readonly ranges: readonly HashRange[];
}

export abstract class ExperimentStore extends ExperimentReader {
  /** Nobody else changes it until the transaction ends. */
  abstract forUpdate(key: string): Promise<Experiment | null>;
  /** false when the key is taken. */
  abstract insert(experiment: Experiment): Promise<boolean>;
  /** Writes the whole experiment: its row, variants and metrics. */
  abstract save(experiment: Experiment): Promise<void>;
  /** By key; one row more than asked when there are more. */
  abstract list(filter: ExperimentFilter, page: PageRequest): Promise<Experiment[]>;
  /** Running and paused experiments that own traffic of a task; nobody else takes any until the transaction ends. */
  abstract trafficForUpdate(task: string, environment: string): Promise<TrafficTaken[]>;
  /** Running and paused experiments with prerequisites; nobody else starts one of them until the transaction ends. */
  abstract dependentForUpdate(environment: string): Promise<Dependent[]>;
  abstract traffic(task: string, environment: string): Promise<TrafficTaken[]>;
}
