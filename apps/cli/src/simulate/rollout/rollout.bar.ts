import { type RampEvidence, initialState, nextStep, playPlan } from '@app/rollouts';
import { atLeast, atMost, type Bar, type Judge, medianAtMost, type Outcome, type Row } from '@app/simulation';
import { momentsOfProportion } from '@app/stats';
import { CHAMPION, canaryPlan, endlessPlan, ERRORS_MARGIN, rampPlan } from './plans.js';
import { type StreamTruth, UnitStream } from './unit-stream.js';
import { argoStyle, certifiedRamp, type Ended, fixedHorizon, flaggerStyle, type Way } from './ways.js';

const ALPHA = 0.05;
const ALPHA_HARM = 0.01;
/** Units that prove errors non-inferior with 80 % power, looked at whenever one likes, and at the end only. */
const PLANNED_UNITS = 12_000;
const FIXED_UNITS = 7_200;

/** A thousand looks at a challenger that differs in nothing. */
function noDifferenceRow(): Row {
  const looks = 1_000;
  return {
    name: `no difference, ${looks} looks at every stage there is time for`,
    replicates: { full: 600, quick: 4 },
    outputs: ['rolls back', 'promotes'],
    prepare: () => {
      const plan = endlessPlan(PLANNED_UNITS);
      const alike = (rate: number) => ({ kind: 'proportion', rate }) as const;
      const truth = {
        quality: { champion: alike(CHAMPION.quality), challenger: alike(CHAMPION.quality) },
        errors: { champion: alike(CHAMPION.errors), challenger: alike(CHAMPION.errors) },
      };
      return (random) => {
        const { end } = playPlan(plan, truth, { unitsPerLook: 500, secondsPerLook: 6 * 3600, looks }, random);
        return [Number(end === 'rolled-back'), Number(end === 'promoted')];
      };
    },
    judge: withFigures(atMost('rolls back', ALPHA_HARM), 'promotes'),
  };
}

/** Unit by unit through the ramp's own decision, until it rolls back. */
function detectionRow(control: number, canary: number, bar: number, full: number): Row {
  const share = 0.05;
  return {
    name: `errors from ${control * 100} % to ${canary * 100} %, decided by the ramp`,
    replicates: { full, quick: Math.min(20, Math.ceil(full / 40)) },
    outputs: ['canary units'],
    collect: ['canary units'],
    prepare: () => {
      const plan = canaryPlan(100_000);
      const at = new Date('2026-01-05T00:00:00.000Z');
      const start = initialState(plan, at.toISOString(), 1, null);
      const weights = { challenger: share, control: share, champion: 1 - 2 * share };
      return (random) => {
        let { memory } = start;
        const units = { challenger: 0, control: 0, champion: 0 };
        const errors = { challenger: 0, control: 0, champion: 0 };
        const evidence = (): RampEvidence => {
          const arms = Object.fromEntries(
            (['challenger', 'control', 'champion'] as const).map((key) => [
              key,
              momentsOfProportion(errors[key], units[key]),
            ]),
          );
          return {
            asOf: at.toISOString(),
            epochs: [{ number: 1, weights, units: { ...units } }],
            crossing: { units: 0, exposed: 1 },
            carriedUnits: 0,
            metrics: [{ key: 'errors', epochs: [{ number: 1, arms }], openUnits: {} }],
            lastExposureAt: at.toISOString(),
            lastOutcomeAt: at.toISOString(),
            fullDays: 0,
            championUnchanged: true,
          };
        };
        for (;;) {
          const position = random.uniform();
          const arm = position < share ? 'challenger' : position < 2 * share ? 'control' : 'champion';
          units[arm] += 1;
          if (random.uniform() >= (arm === 'challenger' ? canary : control)) continue;
          errors[arm] += 1;
          // Only an error of the canary speaks for harm.
          if (arm !== 'challenger') continue;
          const step = nextStep(plan, { ...start, memory }, evidence(), at);
          if (step.kind === 'ROLLBACK') return [units.challenger];
          memory = step.memory;
        }
      };
    },
    judge: medianAtMost('canary units', bar),
  };
}

const LOOKS_PER_DAY = 4;
const DAYS = 42;
const PER_LOOK = 2_000;
const PACE = { perLook: PER_LOOK, looksPerDay: LOOKS_PER_DAY, looks: DAYS * LOOKS_PER_DAY };

const WAYS: Readonly<Record<string, () => Way>> = {
  ramp: () => certifiedRamp(rampPlan(PLANNED_UNITS)),
  fixed: () => fixedHorizon(FIXED_UNITS),
  argo: () => argoStyle,
  flagger: () => flaggerStyle,
};
const FIGURES = ['promotes', 'rolls back', 'days to promote', 'exposed'] as const;
const OUTPUTS = Object.keys(WAYS).flatMap((way) => FIGURES.map((figure) => `${way} ${figure}`));

/** The same streams through the ramp, a test of fixed size, and two sets of thresholds. */
function comparedRow(name: string, truth: StreamTruth, judge: Judge): Row {
  return {
    name,
    replicates: { full: 400, quick: 3 },
    outputs: OUTPUTS,
    collect: OUTPUTS.filter((output) => output.endsWith('days to promote')),
    prepare: () => {
      const stream = new UnitStream(PACE.looks * PER_LOOK);
      const ways = Object.values(WAYS).map((make) => make());
      return (random) => {
        stream.draw(random, truth);
        return ways.flatMap((way) => figuresOf(way(stream, PACE)));
      };
    },
    judge: withFigures(judge, ...OUTPUTS),
  };
}

function figuresOf({ end, days, exposed }: Ended): Outcome {
  return [
    Number(end === 'promoted'),
    Number(end === 'rolled-back'),
    end === 'promoted' ? days : null,
    exposed,
  ];
}

/** A judge whose other outputs are printed beside what it decides: medians of what is collected, means of the rest. */
function withFigures(judge: Judge, ...outputs: readonly string[]): Judge {
  return (tally) => {
    const judgement = judge(tally);
    const shown = outputs
      .filter((output) => !(output in judgement.figures) && tally.count(output) > 0)
      .map((output) => [
        output.endsWith('days to promote') ? `${output} (median)` : output,
        output.endsWith('days to promote') ? tally.median(output) : tally.mean(output),
      ]);
    return { ...judgement, figures: { ...judgement.figures, ...Object.fromEntries(shown) } };
  };
}

const winner = { ...CHAMPION, quality: CHAMPION.quality * 1.1 };
const errorsAt = (errors: number, quality = CHAMPION.quality): StreamTruth => ({
  champion: CHAMPION,
  challenger: { quality, errors },
});

/** Fewer winners than this on the same streams would make the ramp's care worthless. */
const LEAST_PROMOTED: Judge = (tally) => ({
  figures: { 'ramp promotes': tally.mean('ramp promotes') },
  band: '≥ 0.8',
  pass: tally.mean('ramp promotes') >= 0.8,
});

export const rolloutBar: Bar = {
  id: 'rollout',
  title: 'the certified ramp: errors, detection and time, beside a fixed test and thresholds',
  rows: [
    noDifferenceRow(),
    detectionRow(0.01, 0.5, 12, 2_000),
    detectionRow(0.02, 0.1, 90, 2_000),
    detectionRow(0.02, 0.04, 950, 500),
    detectionRow(0.05, 0.06, 8_500, 120),
    comparedRow(
      'a winner that loses exactly its margin of errors',
      errorsAt(CHAMPION.errors + ERRORS_MARGIN, winner.quality),
      atMost('ramp promotes', ALPHA),
    ),
    comparedRow(
      'quality at minus its margin',
      errorsAt(CHAMPION.errors, CHAMPION.quality * 0.95),
      atMost('ramp promotes', ALPHA),
    ),
    comparedRow('no difference', errorsAt(CHAMPION.errors), atMost('ramp rolls back', ALPHA_HARM)),
    comparedRow('a true winner', { champion: CHAMPION, challenger: winner }, LEAST_PROMOTED),
    comparedRow('errors threefold', errorsAt(CHAMPION.errors * 3), atLeast('ramp rolls back', 0.98)),
  ],
};
