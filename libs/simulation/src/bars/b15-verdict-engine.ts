import {
  analyseLook,
  meansSampleSize,
  momentsOfProportion,
  nonInferioritySampleSize,
  sequentialInflation,
  type LookInput,
  type LookMemory,
  type MetricPlan,
} from '@app/stats';
import { allOf, atLeast, atMost } from '../harness/judges.js';
import type { Bar, Judge, Row } from '../harness/row.js';
import { binomial } from '../random/discrete.js';
import type { Random } from '../random/random.js';

const DAYS = 28;
const RATE = 0.4;
const MDE = 0.02;
const ALPHA = 0.05;

/** Units of each arm of a fixed test for the effect worth having. */
const FIXED = meansSampleSize(
  { var1: RATE * (1 - RATE), var2: RATE * (1 - RATE), ratio: 1, alpha: ALPHA, sides: 2 },
  MDE,
  0.8,
).n1;

/** A guardrail of error-like events at this rate, and the margin that so many units prove with a power of 95 %. */
const GUARDRAIL_RATE = 0.1;

/** What 28 daily looks cost over looking without pause: from crossing probabilities integrated look by look. */
const DAILY_LOOKS = 1.04;

function marginFor(perArm: number): number {
  const variance = GUARDRAIL_RATE * (1 - GUARDRAIL_RATE);
  const design = { var1: variance, var2: variance, ratio: 1, alpha: ALPHA };
  const needed = (margin: number): number =>
    nonInferioritySampleSize(design, 0, margin, 0.95).n1 *
    sequentialInflation({ power: 0.95, alpha: ALPHA, sides: 1 }) *
    DAILY_LOOKS;
  let [low, high] = [0.001, 0.5];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (needed(middle) > perArm) low = middle;
    else high = middle;
  }
  return high;
}

const success: MetricPlan = {
  key: 'answered',
  role: 'success',
  kind: 'proportion',
  direction: 'increase',
  mde: { value: MDE, type: 'absolute' },
};

interface Story {
  readonly name: string;
  /** Units over those of a fixed test. */
  readonly size: number;
  /** Gain of the treatment among the units of a day. */
  readonly gain: (day: number) => number;
  /** Loss of the first guardrail, in margins. */
  readonly loss?: number;
  readonly judge: Judge;
  readonly replicates: Row['replicates'];
}

/** One success metric and three guardrails, looked at every day; whoever reads it acts on the first SHIP or STOP_HARM. */
function storyRow({ name, size, gain, loss = 0, judge, replicates }: Story): Row {
  return {
    name,
    replicates,
    outputs: ['ships', 'stops for harm'],
    prepare: () => {
      const perDay = Math.ceil((FIXED * size) / DAYS);
      const margin = marginFor(perDay * DAYS);
      const metrics = [success, ...['error', 'slow', 'refused'].map((key) => guardrail(key, margin))];
      return (random) => {
        const counts = metrics.map(() => [0, 0] as [number, number]);
        let memory: LookMemory = { harmP: {}, srmP: 1 };
        for (let day = 1; day <= DAYS; day++) {
          collect(random, counts, { perDay, gain: gain(day), worse: loss * margin });
          const look = analyseLook(lookAt(day, perDay, { metrics, counts, memory }));
          memory = look.memory;
          const { verdict } = look.comparisons[0]!;
          if (verdict === 'SHIP') return [1, 0];
          if (verdict === 'STOP_HARM') return [0, 1];
        }
        return [0, 0];
      };
    },
    judge,
  };
}

const guardrail = (key: string, value: number): MetricPlan => ({
  key,
  role: 'guardrail',
  kind: 'proportion',
  direction: 'decrease',
  margin: { value, type: 'absolute', isDefault: false },
});

function collect(
  random: Random,
  counts: ReadonlyArray<[number, number]>,
  { perDay, gain, worse }: { perDay: number; gain: number; worse: number },
): void {
  counts.forEach((arms, metric) => {
    const rate = metric === 0 ? RATE : GUARDRAIL_RATE;
    arms[0] += binomial(random, perDay, rate);
    arms[1] += binomial(random, perDay, metric === 0 ? rate + gain : metric === 1 ? rate + worse : rate);
  });
}

function lookAt(
  day: number,
  perDay: number,
  {
    metrics,
    counts,
    memory,
  }: {
    metrics: readonly MetricPlan[];
    counts: ReadonlyArray<readonly [number, number]>;
    memory: LookMemory;
  },
): LookInput {
  const n = day * perDay;
  return {
    plan: { method: 'sequential', alpha: ALPHA, power: 0.8, plannedUnits: 2 * DAYS * perDay, minDays: 7 },
    arms: [
      { key: 'old', weight: 1, control: true },
      { key: 'new', weight: 1, control: false },
    ],
    epochs: [{ number: 1, weights: { old: 1, new: 1 }, units: { old: n, new: n } }],
    crossing: { units: 0, exposed: 2 * n },
    fullDays: day,
    memory,
    metrics: metrics.map((metric, i) => ({
      metric,
      epochs: [
        {
          number: 1,
          arms: {
            old: momentsOfProportion(counts[i]![0], n),
            new: momentsOfProportion(counts[i]![1], n),
          },
        },
      ],
      openUnits: {},
    })),
  };
}

const novelty = (day: number): number => (day <= 5 ? 3 * MDE : 0);

export const b15: Bar = {
  id: 'B15',
  title: 'the whole verdict engine: one success metric, three guardrails, 28 daily looks',
  rows: [
    storyRow({
      name: 'A/A',
      size: 1,
      gain: () => 0,
      judge: allOf(atMost('ships', 0.025), atMost('stops for harm', 0.01 + ALPHA / 2)),
      replicates: { full: 10_000, quick: 150 },
    }),
    storyRow({
      name: 'A/A with 1.65 times the sample',
      size: 1.65,
      gain: () => 0,
      judge: allOf(atMost('ships', 0.025), atMost('stops for harm', 0.01 + ALPHA / 2)),
      replicates: { full: 10_000, quick: 0 },
    }),
    storyRow({
      name: 'the effect worth having, 1.65 times the sample',
      size: 1.65,
      gain: () => MDE,
      judge: atLeast('ships', 0.65),
      replicates: { full: 4_000, quick: 100 },
    }),
    storyRow({
      name: 'the effect worth having, and a guardrail at its margin',
      size: 1.65,
      gain: () => MDE,
      loss: 1,
      judge: atMost('ships', 0.05),
      replicates: { full: 4_000, quick: 80 },
    }),
    ...[1, 1.65].map((size) =>
      storyRow({
        name: `three times the effect for five days, then none, ${size} times the sample`,
        size,
        gain: novelty,
        judge: atMost('ships', 0.1),
        replicates: { full: 4_000, quick: 80 },
      }),
    ),
  ],
};
