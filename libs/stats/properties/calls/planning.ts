import fc from 'fast-check';
import { armMoments } from '../data.js';
import { count, level, positive, probability, real } from '../numbers.js';
import { call, type Calls } from '../soundness.js';

const question = fc.record({
  control: positive,
  treatments: fc.array(fc.oneof(positive, fc.constant(0)), { minLength: 1, maxLength: 4 }),
  alpha: level,
  power: probability,
  successMetrics: fc.nat(20),
  guardrails: fc.nat(20),
  alphaNonInferiority: level,
  method: fc.constantFrom('sequential' as const, 'group-sequential' as const, 'fixed' as const),
});
const baseline = fc.record({ mean: real, variance: positive, units: fc.option(count) });
const amount = fc.record({ value: real, type: fc.constantFrom('relative' as const, 'absolute' as const) });

export const planning = {
  baselineOf: call(fc.tuple(armMoments)),
  statedBaseline: call(
    fc.tuple(real, fc.option(real, { nil: undefined })).map((pair): [number, number?] => pair),
  ),
  amountAgainst: call(fc.tuple(amount, baseline)),
  unitsForBenefit: call(fc.tuple(question, baseline, real), 'notNegative'),
  unitsForNonInferiority: call(fc.tuple(question, baseline, real), 'notNegative'),
  effectAt: call(fc.tuple(question, baseline, positive), 'notNegative'),
  correctedPower: call(fc.tuple(question), 'probability'),
  splitAlpha: call(fc.tuple(question), 'probability'),
  unitsAtMargin: call(fc.tuple(positive, positive), 'notNegative'),
} satisfies Calls;
