import { betaPosterior, betaQuantile, expectedExcess, normalEffect } from '@app/stats';
import { meanWithin, allOf, shown } from '../harness/judges.js';
import type { Bar, Judge, Row } from '../harness/row.js';
import { beta } from '../random/continuous.js';
import { binomial } from '../random/discrete.js';
import { normal } from '../random/normal.js';

const PRIOR_SD = 0.3;

/** Coverage, and the loss of the arm chosen by the smaller expected loss against that expectation. */
const OUTPUTS = ['covered', 'realised loss', 'expected loss'];

const covered: Judge = (tally) =>
  meanWithin('covered', 0.943, 0.957, tally.replicates >= 10_000 ? 0 : 3)(tally);

/** Realised within 5 % of expected loss; with few replicates within three standard errors of it. */
const losses: Judge = (tally) => {
  const [realised, expected] = [tally.mean('realised loss'), tally.mean('expected loss')];
  const slack = 0.05 * expected + 3 * tally.error('realised loss') * (tally.replicates >= 100_000 ? 0 : 1);
  return {
    figures: { 'realised loss': realised, 'expected loss': expected },
    band: `${shown(expected)} ± ${shown(slack)}`,
    pass: Math.abs(realised - expected) <= slack,
  };
};

const normalRow: Row = {
  name: 'normal effects under the default prior N(0, 0.3²)',
  replicates: { full: 200_000, quick: 5_000 },
  outputs: OUTPUTS,
  prepare: () => (random) => {
    const effect = PRIOR_SD * normal(random);
    const se = 0.05 + 0.25 * random.uniform();
    const view = normalEffect(effect + se * normal(random), se, {
      prior: { mean: 0, variance: PRIOR_SD * PRIOR_SD },
      alpha: 0.05,
    })!;
    const choice = view.risk[1] <= view.risk[0] ? 1 : 0;
    const loss = choice === 1 ? Math.max(0, -effect) : Math.max(0, effect);
    return [effect >= view.ci[0] && effect <= view.ci[1] ? 1 : 0, loss, view.risk[choice]];
  },
  judge: allOf(covered, losses),
};

const betaRow: Row = {
  name: 'rates under Beta(2, 8), 200 units an arm',
  replicates: { full: 100_000, quick: 500 },
  outputs: OUTPUTS,
  prepare: () => {
    const prior = { a: 2, b: 8 };
    const units = 200;
    return (random) => {
      const rates = [beta(random, prior.a, prior.b), beta(random, prior.a, prior.b)] as const;
      const [control, treatment] = rates.map((rate) =>
        betaPosterior(binomial(random, units, rate), units, prior),
      ) as [ReturnType<typeof betaPosterior>, ReturnType<typeof betaPosterior>];
      const low = betaQuantile(0.025, treatment.a, treatment.b);
      const high = betaQuantile(0.975, treatment.a, treatment.b);
      const risks = [expectedExcess(treatment, control), expectedExcess(control, treatment)] as const;
      const choice = risks[1] <= risks[0] ? 1 : 0;
      const loss = Math.max(0, rates[1 - choice]! - rates[choice]!);
      return [rates[1] >= low && rates[1] <= high ? 1 : 0, loss, risks[choice]];
    };
  },
  judge: allOf(covered, losses),
};

export const b18: Bar = {
  id: 'B18',
  title: 'Bayesian calibration: credible intervals cover, expected losses come true',
  rows: [normalRow, betaRow],
};
