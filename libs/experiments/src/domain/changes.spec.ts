import type { Experiment, ExperimentContent } from './experiment.js';
import { buildExperiment, buildMetric } from '../testing/experiment.builder.js';
import { changedFields, runningChange } from './changes.js';

const running = buildExperiment({ state: 'running' });
const change = (after: Partial<ExperimentContent>, before: Experiment = running) =>
  runningChange(before, { ...before, ...after });
const weights = (first: number, second: number) =>
  running.variants.map((variant, index) => ({ ...variant, weight: index === 0 ? first : second }));

describe('an edit of a running experiment', () => {
  it('may change weights, share and end', () => {
    expect(change({ variants: weights(1, 3), trafficShare: 0.5, endAt: new Date(9) })).toEqual({
      weights: true,
      trafficShare: true,
      endAt: true,
      addedMetrics: [],
    });
  });

  it('changes nothing when everything is sent back as it was', () => {
    expect(changedFields(running, { ...running, overrides: {}, tags: [] })).toEqual([]);
    expect(change({})).toEqual({ weights: false, trafficShare: false, endAt: false, addedMetrics: [] });
  });

  it('may add metrics that only look', () => {
    const tokens = buildMetric({ metric: 'tokens', role: 'exploratory', mde: null });
    expect(change({ metrics: [...running.metrics, tokens] }).addedMetrics).toEqual(['tokens']);
  });

  it.each<[string, Partial<ExperimentContent>]>([
    ['the hypothesis', { hypothesis: 'I always knew' }],
    ['the plan', { plan: { alpha: 0.2 } }],
    ['the audience', { audience: { attribute: 'country', operator: 'exists' } }],
    ['the start', { startAt: new Date(1) }],
    ['a model', { variants: running.variants.map((variant) => ({ ...variant, modelId: 'other' })) }],
    [
      'the control',
      { variants: running.variants.map((variant) => ({ ...variant, control: !variant.control })) },
    ],
    ['the order of arms', { variants: [...running.variants].reverse() }],
    ['the number of arms', { variants: running.variants.slice(0, 1) }],
    ['a role', { metrics: [buildMetric({ role: 'exploratory', mde: null })] }],
    ['an effect worth having', { metrics: [buildMetric({ mde: { value: 0.5, type: 'relative' } })] }],
    ['what decides, by adding to it', { metrics: [buildMetric(), buildMetric({ metric: 'more' })] }],
    ['what decides, by taking from it', { metrics: [] }],
  ])('may not change %s', (_name, after) => {
    expect(() => change(after)).toThrow(expect.objectContaining({ code: 'PLAN_IS_FIXED' }));
  });

  it.each(['concluded', 'archived'] as const)('is refused altogether once it is %s', (state) => {
    expect(() => change({}, buildExperiment({ state }))).toThrow(
      expect.objectContaining({ code: 'PLAN_IS_FIXED' }),
    );
  });
});
