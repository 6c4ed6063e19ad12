import { nonInferioritySampleSize, sequentialInflation, type MetricPlan } from '@app/stats';
import { atLeast, atMost } from '../harness/judges.js';
import type { Bar, Judge, Row } from '../harness/row.js';
import { binomial } from '../random/discrete.js';
import { GuardrailWatch } from './guardrail-watch.js';

const ALPHA = 0.05;
const MARGIN = 0.02;
const POWER = 0.8;

/** A rate that may fall by two points. */
const answered: MetricPlan = {
  key: 'answered',
  role: 'guardrail',
  kind: 'proportion',
  direction: 'increase',
  margin: { value: MARGIN, type: 'absolute', isDefault: false },
};

interface Question {
  readonly rate: number;
  /** Of the treatment. */
  readonly loss: number;
  readonly looks: number;
  /** Units of each arm a look. */
  readonly perLook: number;
  readonly nStar: number;
}

function passingRow(name: string, question: Question, replicates: Row['replicates'], judge: Judge): Row {
  const { rate, loss, looks, perLook, nStar } = question;
  return {
    name,
    replicates,
    outputs: ['ever passes'],
    prepare: () => {
      const watched = new GuardrailWatch(answered, { harmAlpha: 0.01, nStar });
      return (random) => {
        watched.clear();
        for (let look = 1; look <= looks; look++) {
          watched.units.control += perLook;
          watched.units.treatment += perLook;
          watched.events.control += binomial(random, perLook, rate);
          watched.events.treatment += binomial(random, perLook, rate - loss);
          const { outcome } = watched.judge();
          if (outcome === 'pass' || outcome === 'degraded') return [1];
          if (outcome === 'fail') return [0];
        }
        return [0];
      };
    },
    judge,
  };
}

/** Units of each arm that a fixed test needs at no loss. */
function unitsFor(rate: number): number {
  const variance = rate * (1 - rate);
  const design = { var1: variance, var2: variance, ratio: 1, alpha: ALPHA };
  return nonInferioritySampleSize(design, 0, MARGIN, POWER).n1;
}

function poweredRow(rate: number): Row {
  const looks = 1_000;
  const perLook = Math.ceil(
    (unitsFor(rate) * sequentialInflation({ power: POWER, alpha: ALPHA, sides: 1 })) / looks,
  );
  return passingRow(
    `no difference at ${rate}, the designed units in 1,000 looks`,
    { rate, loss: 0, looks, perLook, nStar: 2 * looks * perLook },
    { full: 2_000, quick: 20 },
    atLeast('ever passes', 0.78),
  );
}

function marginRow(rate: number): Row {
  return passingRow(
    `at the margin, rate ${rate}, 10,000 looks`,
    { rate, loss: MARGIN, looks: 10_000, perLook: 4, nStar: 40_000 },
    { full: 1_500, quick: 6 },
    atMost('ever passes', ALPHA),
  );
}

export const b13: Bar = {
  id: 'B13',
  title: 'non-inferiority: never by looking often, mostly when nothing is lost',
  rows: [marginRow(0.5), marginRow(0.95), poweredRow(0.5), poweredRow(0.9)],
};
