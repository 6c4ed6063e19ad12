import * as stats from '@app/stats';
import { bothArms } from './03-means.js';
import type { Input } from './method.js';

const KINDS: Readonly<Record<string, (input: Input) => unknown>> = {
  betaBinomial,
  normal,
  bestArm,
  normalInverseGamma,
};

/** Posteriors, chances and expected losses, file 11. */
export function bayesian(input: Input): unknown {
  return KINDS[(input as { kind: string }).kind]?.(input);
}

function betaBinomial(input: Input): unknown {
  const given = input as Record<string, number>;
  const arm = (i: 1 | 2) =>
    stats.betaPosterior(given[`x${i}`]!, given[`n${i}`]!, {
      a: given[`priorA${i}`] ?? given['priorA']!,
      b: given[`priorB${i}`] ?? given['priorB']!,
    });
  const [control, treatment] = [stats.betaMoments(arm(1)), stats.betaMoments(arm(2))];
  const compared = stats.compareBetas(arm(1), arm(2), given['alpha']!);
  return {
    mean1: control.mean,
    mean2: treatment.mean,
    sd1: control.sd,
    sd2: treatment.sd,
    ...compared,
    logOddsTail: compared.logTail,
  };
}

function normal(input: Input): unknown {
  const { effect, prior, inverse, alpha } = input as {
    effect: 'relative' | 'absolute';
    prior: stats.NormalPrior & { proper: boolean };
    inverse: boolean;
    alpha: number;
  };
  const [control, treatment] = bothArms(input);
  const error = stats.differenceError(control, treatment, 'z');
  if (!error) return null;
  const pair = {
    mean1: control.mean,
    variance1: stats.sampleVariance(control)! / control.n,
    mean2: treatment.mean,
    variance2: stats.sampleVariance(treatment)! / treatment.n,
  };
  const lift = effect === 'relative' ? stats.deltaLift(pair) : null;
  if (effect === 'relative' && !lift) return null;
  const estimate = lift ? lift.lift : treatment.mean - control.mean;
  return stats.normalEffect(estimate, lift ? lift.se : error.se, {
    prior: prior.proper ? prior : null,
    alpha,
    lowerIsBetter: inverse,
  });
}

function bestArm(input: Input): unknown {
  const { posterior, arms } = input as { posterior: string; arms: Array<[number, number]> };
  const probBest =
    posterior === 'beta'
      ? stats.probBestOfBetas(arms.map(([a, b]) => ({ a, b })))
      : stats.probBestOfNormals(arms.map(([mean, sd]) => ({ mean, sd })));
  return { probBest };
}

function normalInverseGamma(input: Input): unknown {
  const given = input as {
    prior: stats.NormalInverseGammaPrior;
    arm1: { n: number; mean: number; var: number };
    arm2: { n: number; mean: number; var: number };
  };
  const posterior = ({ n, mean, var: variance }: { n: number; mean: number; var: number }) =>
    stats.meanPosterior({ n, mean, m2: n > 1 ? variance * (n - 1) : 0 }, given.prior);
  const [arm1, arm2] = [posterior(given.arm1), posterior(given.arm2)];
  return { arm1, arm2, probTreatmentBetter: stats.probMeanGreater(arm1, arm2) };
}
