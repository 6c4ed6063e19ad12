import { checkScheme } from './check-scheme.js';
import { DEFAULT_STAGES, type RampPlan } from './ramp-plan.js';

const plan = (
  shares: readonly number[],
  carryWinners = false,
): Pick<RampPlan, 'stages' | 'carryWinners'> => ({
  stages: shares.map((share) => ({ ...DEFAULT_STAGES[0]!, share })),
  carryWinners,
});
const task = (hashScheme: 'native-v1' | 'unleash' | 'growthbook-v2') => ({ task: 'reply', hashScheme });
const refusal = (message: RegExp): Error =>
  expect.objectContaining({ code: 'SCHEME_CANNOT_EXPRESS', message: expect.stringMatching(message) });

describe('a plan under the hash scheme of its task', () => {
  it.each(['native-v1', 'unleash', 'growthbook-v2'] as const)(
    'passes with the usual stages: %s',
    (scheme) => {
      const shares = DEFAULT_STAGES.map(({ share }) => share);
      expect(() => checkScheme(task(scheme), 'k', plan(shares))).not.toThrow();
    },
  );

  it('is refused for each stage between two steps of the scheme', () => {
    const shares = [0.0005, 0.01255, 0.5];
    expect(() => checkScheme(task('unleash'), 'k', plan(shares))).toThrow(
      refusal(
        /^reply is hashed by unleash, which cannot say rollout k: its share 0.05 % .*; its share 1.255 %/,
      ),
    );
    expect(() => checkScheme(task('growthbook-v2'), 'k', plan(shares))).toThrow(refusal(/its share 1.255 %/));
    expect(() => checkScheme(task('native-v1'), 'k', plan(shares))).not.toThrow();
  });

  it("is refused when Unleash's SDKs would have to know the winner's units", () => {
    expect(() => checkScheme(task('unleash'), 'k', plan([0.5], true))).toThrow(refusal(/winner's units/));
    expect(() => checkScheme(task('growthbook-v2'), 'k', plan([0.5], true))).not.toThrow();
  });
});
