import { allocateRanges, type HashScheme } from '@app/bucketing';
import { buildExperiment, buildVariant } from '../testing/experiment.builder.js';
import type { Experiment } from './experiment.js';
import { checkScheme } from './check-scheme.js';

const shared = (trafficShare: number, change: Partial<Experiment> = {}): Experiment =>
  buildExperiment({ trafficShare, ranges: allocateRanges([], trafficShare)!, ...change });
const check =
  (scheme: HashScheme, experiment: Experiment, others: Experiment[] = []) =>
  () =>
    checkScheme(scheme, experiment, others, {});
const refusal = (message: RegExp) =>
  expect.objectContaining({ code: 'SCHEME_CANNOT_EXPRESS', message: expect.stringMatching(message) });

describe('what a hash scheme cannot say', () => {
  it('is nothing under our own', () => {
    expect(check('native-v1', shared(0.12345), [shared(0.1, { key: 'other' })])).not.toThrow();
  });

  it('is a second experiment and a part of a per cent under Unleash’s', () => {
    expect(check('unleash', shared(0.5))).not.toThrow();
    expect(check('unleash', shared(0.125))).toThrow(refusal(/12\.5 %/));
    expect(check('unleash', shared(0.5), [shared(0.1, { key: 'other' })])).toThrow(refusal(/"other"/));
  });

  it('is a third each under GrowthBook’s, and everything in the way is said at once', () => {
    const thirds = ['control', 'b', 'c'].map((key) => buildVariant({ key, control: key === 'control' }));
    const prerequisites = [{ task: 'intent', models: ['large'] }];
    expect(check('growthbook-v2', shared(0.1234))).not.toThrow();
    expect(check('growthbook-v2', shared(0.5, { variants: thirds, prerequisites }))).toThrow(
      refusal(/weights 1 : 1 : 1.*prerequisites/),
    );
  });
});
