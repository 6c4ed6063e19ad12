import type { MetricPlan } from '@app/stats';
import { atMost, medianAtMost } from '../harness/judges.js';
import type { Bar, Row } from '../harness/row.js';
import { binomial } from '../random/discrete.js';
import { GuardrailWatch } from './guardrail-watch.js';

const SHARE = 0.05;
const ALPHA_HARM = 0.01;
const PLANNED = 100_000;

/** Any error more is harm. */
const errors: MetricPlan = {
  key: 'error',
  role: 'guardrail',
  kind: 'proportion',
  direction: 'decrease',
  margin: { value: 0.05, type: 'relative', isDefault: true },
  harmMargin: { value: 0, type: 'relative' },
};

const watch = (): GuardrailWatch =>
  new GuardrailWatch(errors, { harmAlpha: ALPHA_HARM, nStar: PLANNED, treatmentShare: SHARE });

/** Batches of a hundred units while nothing differs. */
function falseAlarmRow(rate: number): Row {
  const batches = 10_000;
  const size = 100;
  return {
    name: `errors at ${rate * 100} % in both, 10,000 batches of ${size}`,
    replicates: { full: 1_000, quick: 6 },
    outputs: ['rolls back'],
    prepare: () => {
      const watched = watch();
      return (random) => {
        watched.clear();
        for (let batch = 1; batch <= batches; batch++) {
          const canary = binomial(random, size, SHARE);
          const hit = binomial(random, canary, rate);
          watched.units.treatment += canary;
          watched.units.control += size - canary;
          watched.events.treatment += hit;
          watched.events.control += binomial(random, size - canary, rate);
          // The evidence of harm only grows with an error of the canary.
          if (hit > 0 && watched.judge().outcome === 'fail') return [1];
        }
        return [0];
      };
    },
    judge: atMost('rolls back', 0.02),
  };
}

/** Unit by unit until the rollback. */
function detectionRow(control: number, canary: number, bar: number, full: number): Row {
  return {
    name: `errors from ${control * 100} % to ${canary * 100} %`,
    replicates: { full, quick: Math.min(60, Math.ceil(full / 20)) },
    outputs: ['canary units'],
    collect: ['canary units'],
    prepare: () => {
      const watched = watch();
      return (random) => {
        watched.clear();
        for (;;) {
          if (random.uniform() >= SHARE) {
            watched.units.control++;
            watched.events.control += random.bernoulli(control);
          } else {
            watched.units.treatment++;
            if (random.uniform() >= canary) continue;
            watched.events.treatment++;
            if (watched.judge().outcome === 'fail') return [watched.units.treatment];
          }
        }
      };
    },
    judge: medianAtMost('canary units', bar),
  };
}

export const b12: Bar = {
  id: 'B12',
  title: 'rollback of a 5 % canary at a level of 1 %',
  rows: [
    falseAlarmRow(0.01),
    falseAlarmRow(0.05),
    detectionRow(0.01, 0.5, 12, 2_000),
    detectionRow(0.02, 0.1, 90, 2_000),
    detectionRow(0.02, 0.04, 950, 1_000),
    detectionRow(0.05, 0.06, 8_500, 400),
  ],
};
