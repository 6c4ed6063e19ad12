import type { Experiment } from '../domain/experiment.js';

/** Whole experiments, for the capabilities that analyse and promote them. */
export abstract class ExperimentReader {
  abstract byId(id: string): Promise<Experiment | null>;
  abstract byKey(key: string): Promise<Experiment | null>;
}
