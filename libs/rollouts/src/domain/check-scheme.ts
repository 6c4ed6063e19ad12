import { type HashScheme, schemeProblems } from '@app/bucketing';
import { controlShareOf, type RampPlan } from './ramp-plan.js';
import { RolloutError } from './rollout.errors.js';

/**
 * Refuses a plan with a stage that SDKs evaluating on their own could not place: they would give units other arms.
 *
 * @throws RolloutError `SCHEME_CANNOT_EXPRESS`, naming every stage in the way
 */
export function checkScheme(
  { task, hashScheme }: { readonly task: string; readonly hashScheme: HashScheme },
  key: string,
  plan: Pick<RampPlan, 'stages' | 'carryWinners'>,
): void {
  const problems = plan.stages.flatMap(({ share }) =>
    schemeProblems({
      hashScheme,
      experiments: [],
      holdout: null,
      rollout: {
        key,
        share,
        controlShare: controlShareOf(share),
        audience: null,
        // Only whether units are carried is asked, not which.
        carried: plan.carryWinners ? { experiment: key, salt: '', ranges: [], from: 0, to: 0 } : null,
      },
    }),
  );
  if (problems.length === 0) return;
  const words = [...new Set(problems.map(({ message }) => message))].join('; ');
  throw new RolloutError(
    'SCHEME_CANNOT_EXPRESS',
    `${task} is hashed by ${hashScheme}, which cannot say rollout ${key}: ${words}`,
  );
}
