import type { ToldAndShown } from '../domain/evaluation-check.js';

/** Reads what SDKs told and what was exposed, for one task. */
export abstract class EvaluationCheckReader {
  /** Per arm, since the start of that hour. */
  abstract read(environment: string, task: string, since: Date): Promise<ToldAndShown[]>;
}
