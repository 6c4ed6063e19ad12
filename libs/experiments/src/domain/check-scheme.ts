import { type HashRange, type HashScheme, schemeProblems, type Segments } from '@app/bucketing';
import type { Experiment } from './experiment.js';
import { ExperimentError } from './experiment.errors.js';

/**
 * Refuses an experiment that an SDK could not evaluate under the task's hash scheme: it would give units other arms.
 *
 * @param others that own traffic of the task; each was checked when it started
 * @throws ExperimentError SCHEME_CANNOT_EXPRESS, saying everything that is in the way
 */
export function checkScheme(
  hashScheme: HashScheme,
  experiment: Pick<
    Experiment,
    'key' | 'task' | 'ranges' | 'variants' | 'audience' | 'prerequisites' | 'overrides'
  >,
  others: ReadonlyArray<{ readonly key: string; readonly ranges: readonly HashRange[] }>,
  segments: Segments,
): void {
  const { key, ranges, audience, prerequisites, overrides } = experiment;
  const variants = experiment.variants.map(({ ranges: own, ...variant }) => ({
    ...variant,
    ...(own ? { ranges: own } : {}),
  }));
  const beside = others.map((other) => ({ ...other, variants: [], audience: null, overrides: {} }));
  const problems = schemeProblems(
    {
      hashScheme,
      experiments: [...beside, { key, ranges, variants, audience, prerequisites, overrides }],
      rollout: null,
      holdout: null,
    },
    segments,
  ).filter((problem) => problem.key === key);
  if (problems.length === 0) return;
  const words = problems.map((problem) => problem.message).join('; ');
  throw new ExperimentError(
    'SCHEME_CANNOT_EXPRESS',
    `${experiment.task} is hashed by ${hashScheme}, which cannot say ${key}: ${words}`,
  );
}
