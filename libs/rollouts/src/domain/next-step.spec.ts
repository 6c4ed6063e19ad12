import { buildPlan, buildState, day } from '../testing/rollout.builder.js';
import { EvidenceStream, type Rates } from '../testing/ramp-evidence.builder.js';
import { applyStep } from './apply-step.js';
import { nextStep } from './next-step.js';
import type { RampState } from './ramp-state.js';
import { isFinal } from './rollout-lifecycle.js';
import type { Step } from './step.js';

const plan = buildPlan();
const better: Rates = {
  quality: { champion: 0.7, challenger: 0.76 },
  errors: { champion: 0.03, challenger: 0.03 },
};

/** Looks once a day, until the rollout ends or the days are over. */
function run(
  rates: Rates,
  options: {
    unitsPerDay?: number;
    days?: number;
    before?: (stream: EvidenceStream, day: number) => void;
  } = {},
): { state: RampState; steps: Array<{ day: number; step: Step }> } {
  const stream = new EvidenceStream(rates);
  const steps: Array<{ day: number; step: Step }> = [];
  let state = buildState(plan);
  for (let today = 1; today <= (options.days ?? 60) && !isFinal(state.lifecycle); today += 1) {
    const now = day(today);
    if (options.unitsPerDay !== 0) stream.arrive(state, options.unitsPerDay ?? 20_000, now);
    options.before?.(stream, today);
    const step = nextStep(plan, state, stream.read(plan, now), now);
    steps.push({ day: today, step });
    state = applyStep(plan, state, step, now.toISOString(), state.stageEpoch + 1);
  }
  return { state, steps };
}
const kinds = (steps: ReadonlyArray<{ step: Step }>): string[] => steps.map(({ step }) => step.kind);
const codes = (step: Step): string[] => step.reasons.map(({ code }) => code);

describe('nextStep on real statistics', () => {
  it('brings a better challenger stage by stage to 100 %, not before a week', () => {
    const { state, steps } = run(better);
    const moves = steps.filter(({ step }) => step.kind !== 'HOLD');
    expect(kinds(moves)).toEqual(['ADVANCE', 'ADVANCE', 'ADVANCE', 'PROMOTE']);
    expect(moves.map(({ step }) => step.share.after)).toEqual([0.05, 0.25, 0.5, 1]);
    expect(state.lifecycle).toBe('promoted');
    expect(moves.at(-1)!.day).toBeGreaterThanOrEqual(7);
  });

  it('rolls a much worse challenger back on the first look, though the stage has not even baked', () => {
    const { state, steps } = run({
      quality: { champion: 0.7, challenger: 0.3 },
      errors: { champion: 0.03, challenger: 0.4 },
    });
    expect(kinds(steps)).toEqual(['ROLLBACK']);
    expect(state).toMatchObject({ lifecycle: 'rolled-back', share: 0, controlShare: 0 });
    expect(steps[0]!.step.reasons.map(({ metric }) => metric)).toEqual(['quality', 'errors']);
  });

  it('does not promote a challenger that is no better, and stops it in the end', () => {
    const { state, steps } = run(
      { ...better, quality: { champion: 0.7, challenger: 0.7 } },
      { unitsPerDay: 4000, days: 100 },
    );
    expect(kinds(steps)).not.toContain('PROMOTE');
    expect(state.lifecycle).toBe('stopped-futile');
    expect(codes(steps.at(-1)!.step)).toEqual(['NO_BENEFIT_LEFT']);
  });

  it('holds for ever in silence', () => {
    const { state, steps } = run(better, { unitsPerDay: 0, days: 80 });
    expect(new Set(kinds(steps))).toEqual(new Set(['HOLD']));
    expect(state.share).toBe(0.01);
    expect(codes(steps.at(-1)!.step)[0]).toBe('NO_TRAFFIC');
  });

  it('holds when the traffic does not arrive in the planned split, and rolls back all the same', () => {
    const lopsided = (stream: EvidenceStream): void => {
      const read = stream.read.bind(stream);
      stream.read = (...given) => {
        const evidence = read(...given);
        return {
          ...evidence,
          epochs: evidence.epochs.map((epoch) => ({
            ...epoch,
            units: { ...epoch.units, challenger: Math.round(epoch.units['challenger']! / 2) },
          })),
        };
      };
    };
    const once = (stream: EvidenceStream, today: number): void =>
      today === 1 ? lopsided(stream) : undefined;
    const good = run(better, { before: once, days: 5 });
    expect(new Set(kinds(good.steps))).toEqual(new Set(['HOLD']));
    expect(codes(good.steps.at(-1)!.step)[0]).toBe('SRM');
    const bad = run({ ...better, errors: { champion: 0.03, challenger: 0.4 } }, { before: once });
    expect(kinds(bad.steps)).toEqual(['ROLLBACK']);
  });

  it('holds when units were seen in two arms', () => {
    const { steps } = run(better, { before: (stream) => (stream.crossingUnits = 400), days: 3 });
    expect(steps.map(({ step }) => codes(step)[0])).toEqual(['CROSSING', 'CROSSING', 'CROSSING']);
  });

  it('holds when somebody changed the champion under it', () => {
    const { steps } = run(better, { before: (stream) => (stream.championUnchanged = false), days: 2 });
    expect(codes(steps.at(-1)!.step)[0]).toBe('CHAMPION_CHANGED');
  });

  it('lets a canary without a single error advance', () => {
    const { steps } = run(
      { ...better, errors: { champion: 0.0005, challenger: 0 } },
      { unitsPerDay: 100_000, days: 30 },
    );
    expect(kinds(steps)).toContain('ADVANCE');
  });

  it('tunes each gate when its stage begins and not again', () => {
    const { steps } = run(better);
    const gates = new Map<number, Set<number>>();
    for (const { step } of steps) {
      const known = gates.get(step.stage.before) ?? new Set();
      known.add(step.reading!.guardrails[0]!.nonInferiority.nStar);
      gates.set(step.stage.before, known);
    }
    expect([...gates.values()].map((known) => known.size)).toEqual([1, 1, 1, 1]);
    expect(gates.get(0)).toEqual(new Set([200]));
  });

  it('answers the same to the same question', () => {
    const stream = new EvidenceStream(better);
    const state = buildState(plan);
    stream.arrive(state, 20_000, day(2));
    const ask = (): Step => nextStep(plan, state, stream.read(plan, day(2)), day(2));
    expect(JSON.parse(JSON.stringify(ask()))).toEqual(JSON.parse(JSON.stringify(ask())));
  });
});
