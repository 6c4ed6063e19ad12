import type { SubjectEvidence } from '@app/metrics';
import type { MetricDefinition } from '@app/registry';
import { momentsOfProportion } from '@app/stats';
import { measureHoldout } from './holdout-effect.js';

const HOLDOUT = { key: '2026-q1', plannedUnits: 5000 };

const metric = (key: string, direction: MetricDefinition['direction']): MetricDefinition =>
  ({ id: `id-${key}`, key, version: 2, kind: 'proportion', direction, bounds: null }) as MetricDefinition;
const SOLVED = metric('solved', 'increase');
const ERRORS = metric('errors', 'decrease');
const HANDOVERS = metric('handovers', 'none');

/** Shares of units with a 1, held and open. */
type Shares = readonly [held: number, open: number];

function evidence(
  shares: Readonly<Record<string, Shares>>,
  { held = 2000, open = 2000, covered = 1, crossing = 0 } = {},
): SubjectEvidence {
  const at = new Date('2026-04-01T00:00:00Z');
  const moments = (share: number, n: number) => momentsOfProportion(Math.round(share * n), n);
  return {
    subjectId: 'h1',
    asOf: at,
    epochs: [{ number: 1, weights: { held: 0.05, open: 0.05 }, units: { held, open } }],
    crossing: { units: crossing, exposed: held + open + crossing },
    carriedUnits: 0,
    metrics: Object.entries(shares).map(([key, [ofHeld, ofOpen]]) => ({
      ...{ metricId: `id-${key}`, key, version: 2, kind: 'proportion' as const, openUnits: {}, lastAt: at },
      epochs: [
        {
          number: 1,
          arms: { held: moments(ofHeld, held), open: moments(ofOpen, Math.round(open * covered)) },
        },
      ],
    })),
    firstExposureAt: new Date('2026-01-05T00:00:00Z'),
    lastExposureAt: at,
    lastOutcomeAt: at,
    fullDays: 86,
  };
}

const measured = (definitions: MetricDefinition[], found: SubjectEvidence) =>
  measureHoldout(HOLDOUT, definitions, found);
const outcomes = (definitions: MetricDefinition[], shares: Readonly<Record<string, Shares>>) => {
  const { verdict, effects } = measured(definitions, evidence(shares));
  return [verdict, ...effects.map(({ outcome }) => outcome)];
};

describe('what a holdout shows', () => {
  it('is how open units differ from held ones, with an interval around it', () => {
    const { verdict, words, units, effects } = measured([SOLVED], evidence({ solved: [0.6, 0.7] }));
    expect({ verdict, units }).toEqual({ verdict: 'BETTER', units: { held: 2000, open: 2000 } });
    const [effect] = effects;
    expect(effect).toMatchObject({ metric: 'solved', version: 2, held: { units: 2000, value: 0.6 } });
    expect(effect!.difference).toBeCloseTo(0.1, 12);
    expect(effect!.lift).toBeCloseTo(1 / 6, 12);
    expect(effect!.interval!.lower).toBeGreaterThan(0.03);
    expect(effect!.interval!.upper).toBeLessThan(0.17);
    expect(effect!.liftInterval!.lower).toBeLessThan(1 / 6);
    expect(words).toBe(
      'All changes since 2026-q1 began, together, have made solved better, and nothing that is measured provably worse.',
    );
    expect(effect!.words).toMatch(
      /^solved is better with all changes than without: 0.7 against 0.6, a difference of \+0.1 \(\+16.7 %\), surely between \+0.0\d+ and \+0.1\d+.$/,
    );
  });

  it.each<[string, MetricDefinition[], Record<string, Shares>, string[]]>([
    ['worse', [SOLVED], { solved: [0.7, 0.6] }, ['WORSE', 'worse']],
    ['better where less is better', [ERRORS], { errors: [0.2, 0.1] }, ['BETTER', 'better']],
    ['worse where less is better', [ERRORS], { errors: [0.1, 0.2] }, ['WORSE', 'worse']],
    ['mixed', [SOLVED, ERRORS], { solved: [0.6, 0.7], errors: [0.1, 0.2] }, ['MIXED', 'better', 'worse']],
    ['nothing proven', [SOLVED], { solved: [0.6, 0.61] }, ['UNDECIDED', 'undecided']],
    ['higher, which nobody calls good', [HANDOVERS], { handovers: [0.1, 0.2] }, ['UNDECIDED', 'higher']],
    ['lower, which nobody calls bad', [HANDOVERS], { handovers: [0.2, 0.1] }, ['UNDECIDED', 'lower']],
    ['nothing, without values', [SOLVED], {}, ['UNDECIDED', 'insufficient']],
    ['nothing, without metrics', [], {}, ['UNMEASURED']],
  ])('is %s', (_, definitions, shares, told) => {
    expect(outcomes(definitions, shares)).toEqual(told);
  });

  it('is less sure of each metric the more there are', () => {
    const alone = measured([SOLVED], evidence({ solved: [0.6, 0.61] })).effects[0]!;
    const beside = measured([SOLVED, ERRORS], evidence({ solved: [0.6, 0.61], errors: [0.1, 0.1] }))
      .effects[0]!;
    expect(beside.level).toBe(alone.level / 2);
    expect(beside.interval!.upper! - beside.interval!.lower!).toBeGreaterThan(
      alone.interval!.upper! - alone.interval!.lower!,
    );
  });

  it.each<[string, Parameters<typeof evidence>[1], string]>([
    ['units are missing in one group', { held: 2000, open: 1500 }, 'SRM'],
    ['values are missing in one group', { covered: 0.8 }, 'COVERAGE'],
    ['too many units are in both', { crossing: 200 }, 'CROSSING'],
  ])('is nothing to rely on when %s', (_, groups, code) => {
    const { verdict, words, integrity } = measured([SOLVED], evidence({ solved: [0.6, 0.7] }, groups));
    expect(verdict).toBe('INVALID');
    expect(integrity.valid).toBe(false);
    expect(integrity.reasons.map((reason) => reason.code)).toEqual([code]);
    expect(words).toMatch(/cannot be compared/);
  });

  it('waits for enough units before it says anything', () => {
    const few = evidence({ solved: [0.1, 0.9] }, { held: 10, open: 10 });
    const [effect] = measured([SOLVED], few).effects;
    expect(effect).toMatchObject({ outcome: 'insufficient', interval: null, liftInterval: null });
    expect(effect!.words).toMatch(/^solved cannot be told yet: /);
  });
});
