import * as stats from '@app/stats';
import { bothArms } from './03-means.js';
import { BOUNDARIES } from './09-boundaries.js';
import type { Input } from './method.js';

const KINDS: Readonly<Record<string, (input: Input) => unknown>> = {
  msprt,
  msprtPath,
  gavi,
  labelEProcess,
  bernoulliCs,
  ...BOUNDARIES,
};

/** Always-valid inference, file 09. */
export function sequential(input: Input): unknown {
  return KINDS[(input as { kind: string }).kind]?.(input);
}

function msprt(input: Input): unknown {
  const { tau2, theta0, alpha } = input as { tau2: number; theta0: number; alpha: number };
  const [control, treatment] = bothArms(input);
  const error = stats.differenceError(control, treatment, 'z');
  const difference = treatment.mean - control.mean;
  return error && stats.msprt({ difference, variance: error.se ** 2, tau2, theta0, alpha });
}

function msprtPath(input: Input): unknown {
  const { looks, tau2 } = input as { looks: Array<stats.TwoProportions>; tau2: number };
  let pRunning = 1;
  const path = looks.map((look) => {
    const variance = stats.unpooledZ(look).se ** 2;
    const test = stats.msprt({
      difference: look.x2 / look.n2 - look.x1 / look.n1,
      variance,
      tau2,
      alpha: 0.05,
    });
    pRunning = Math.min(pRunning, test?.p ?? 1);
    return { logLambda: test?.logLambda ?? null, pRunning };
  });
  return { path };
}

function gavi(input: Input): unknown {
  const { alpha, tuning, effect } = input as {
    alpha: number;
    tuning: number;
    effect: 'relative' | 'absolute';
  };
  const [control, treatment] = bothArms(input);
  const v1 = (stats.sampleVariance(control) ?? NaN) / control.n;
  const v2 = (stats.sampleVariance(treatment) ?? NaN) / treatment.n;
  const pair = { mean1: control.mean, variance1: v1, mean2: treatment.mean, variance2: v2 };
  const lift = effect === 'relative' ? stats.deltaLift(pair) : null;
  if (effect === 'relative' && !lift) return null;
  const estimate = lift ? lift.lift : treatment.mean - control.mean;
  const se = lift ? lift.se : Math.sqrt(v1 + v2);
  const n = control.n + treatment.n;
  const rho = stats.tuneTwoSided(alpha, tuning);
  const half = se * stats.twoSidedRadius(n, rho, alpha);
  const logP = stats.twoSidedLogP({ estimate, se, n }, rho);
  const rhoOne = stats.tuneOneSided(alpha, tuning);
  const reach = se * stats.oneSidedRadius(n, rhoOne, alpha);
  return {
    estimate,
    se,
    rho,
    ci: [estimate - half, estimate + half],
    p: Math.exp(logP),
    logP,
    oneSided: { rho: rhoOne, upperBound: estimate + reach, lowerBound: estimate - reach },
  };
}

function labelEProcess(input: Input): unknown {
  const { treatmentEvents, events, theta, priorA, priorB } = input as Record<string, number>;
  const logE = stats.labelLogE(
    { treatmentEvents: treatmentEvents!, events: events!, theta: theta! },
    { a: priorA!, b: priorB! },
  );
  return { logE, p: stats.pFromLogE(logE) };
}

function bernoulliCs(input: Input): unknown {
  return { ci: stats.bernoulliInterval(input as { sum: number; n: number; alpha: number; tOpt: number }) };
}
