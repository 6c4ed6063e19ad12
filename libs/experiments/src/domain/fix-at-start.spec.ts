import {
  buildDefinition,
  buildExperiment,
  buildMetric,
  buildVariant,
  BUILT_AT,
} from '../testing/experiment.builder.js';
import type { Experiment } from './experiment.js';
import { fixAtStart } from './fix-at-start.js';

const fix = (change: Partial<Experiment> = {}, unitsFromPower: number | null = null) => {
  const experiment = buildExperiment(change);
  const definitions = experiment.metrics.map(({ metric }) => buildDefinition({ key: metric, version: 4 }));
  return fixAtStart(experiment, definitions, { now: BUILT_AT, unitsFromPower, lookIntervalSeconds: 3600 });
};

describe('what is fixed at start', () => {
  it('resolves every default, so that a later default changes nothing', () => {
    expect(fix().plan).toEqual({
      method: 'sequential',
      alpha: 0.05,
      power: 0.8,
      plannedUnits: 5000,
      minDays: 7,
    });
  });

  it('plans the units somebody said, else those of the power calculation', () => {
    expect(fix({ plan: { plannedUnits: 900 } }, 1234).plan.plannedUnits).toBe(900);
    expect(fix({}, 1234).plan.plannedUnits).toBe(1234);
  });

  it('tunes each comparison to the units its two arms will have', () => {
    const variants = [
      buildVariant({ key: 'control', control: true, weight: 2 }),
      buildVariant({ key: 'a', weight: 1 }),
      buildVariant({ key: 'b', weight: 1 }),
    ];
    expect(fix({ variants, plan: { plannedUnits: 4000 } }).nStar).toEqual({ a: 3000, b: 3000 });
  });

  it('pins metrics to their version, and says of a margin that it is the default', () => {
    const guardrail = buildMetric({ metric: 'slow', role: 'guardrail', mde: null });
    const declared = buildMetric({
      metric: 'cost',
      role: 'guardrail',
      mde: null,
      margin: { value: 2, type: 'absolute' },
    });
    expect(fix({ metrics: [buildMetric(), guardrail, declared] }).metrics).toMatchObject([
      { key: 'quality', metricId: 'metric-quality', version: 4, mde: { value: 0.05, type: 'relative' } },
      { key: 'slow', margin: { value: 0.05, type: 'relative', isDefault: true } },
      { key: 'cost', margin: { value: 2, type: 'absolute', isDefault: false } },
    ]);
  });

  it('is refused without a success metric, or after its end', () => {
    expect(() => fix({ metrics: [buildMetric({ role: 'exploratory', mde: null })] })).toThrow(
      'no success metric',
    );
    expect(() => fix({ endAt: BUILT_AT })).toThrow('has passed');
  });
});
