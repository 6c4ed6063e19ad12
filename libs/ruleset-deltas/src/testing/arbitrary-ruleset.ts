import type { HashRange, Ruleset, RulesetTask } from '@app/bucketing';
import fc from 'fast-check';

const entries = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd', '10', '9', '__proto__', 'constructor'),
  fc.oneof(
    fc.integer({ min: 0, max: 2 }),
    fc.record({ key: fc.integer({ min: 0, max: 1 }) }),
    // The same members in two orders.
    fc.constantFrom({ x: 1, y: 2 }, { y: 2, x: 1 }),
  ),
);

/** Of the shape of a ruleset as far as a delta looks, through JSON as a real one comes. */
export const rulesets: fc.Arbitrary<Ruleset> = fc
  .record(
    {
      format: fc.constant(2),
      version: fc.nat(),
      models: entries,
      tasks: entries,
      subjects: entries,
      segments: entries,
    },
    { requiredKeys: ['format', 'version', 'models', 'tasks', 'subjects'] },
  )
  .map((one) => JSON.parse(JSON.stringify(one)) as Ruleset);

const model = (key: string) => ({ key, version: 1, provider: 'openai', name: key, parameters: {} });

const task = (key: string, given: Partial<RulesetTask> = {}): RulesetTask => ({
  key,
  unitType: 'user',
  hashScheme: 'native-v1',
  positionSalt: `task:${key}:position`,
  enabled: true,
  champion: 'old@1',
  fallbacks: [],
  experiments: [],
  rollout: null,
  holdout: null,
  ...given,
});

/** Tasks `reply` and `summary`, nothing running. */
export const aSmallRuleset = (version: number, given: Partial<Ruleset> = {}): Ruleset => ({
  format: 2,
  environment: 'production',
  version,
  publishedAt: '2026-01-01T00:00:00.000Z',
  models: { 'old@1': model('old'), 'new@1': model('new') },
  tasks: { reply: task('reply'), summary: task('summary') },
  subjects: {},
  ...given,
});

/** An experiment `key` on part of the traffic, and what it says of itself as a subject. */
interface Planned {
  readonly key: string;
  readonly weight: number;
  readonly share: number;
  readonly audience: 'payers' | null;
}

const planned = fc.record({
  key: fc.constantFrom('tone', 'length', 'é'),
  weight: fc.integer({ min: 1, max: 3 }),
  share: fc.double({ min: 0.1, max: 0.5, noNaN: true }),
  audience: fc.constantFrom<'payers' | null>('payers', null),
});

const state = fc.record({
  tasks: fc.uniqueArray(
    fc.record({
      key: fc.constantFrom('reply', 'summary', 'translate', '7'),
      champion: fc.constantFrom('old@1', 'new@1'),
      enabled: fc.boolean(),
      experiments: fc.uniqueArray(planned, { selector: ({ key }) => key, maxLength: 2 }),
    }),
    { selector: ({ key }) => key, minLength: 1, maxLength: 4 },
  ),
  payers: fc.constantFrom('pro', 'team'),
});

/** Rulesets of one environment as edits would leave them one after the other, versions 1, 2, …; evaluated like real ones. */
export const histories: fc.Arbitrary<Ruleset[]> = fc
  .array(state, { minLength: 2, maxLength: 8 })
  .map((states) =>
    states.map(({ tasks, payers }, index): Ruleset => {
      const all = tasks.map(({ experiments, ...given }) =>
        task(given.key, {
          ...given,
          experiments: experiments.map((one, place) => experimentOf(`${given.key}-${one.key}`, one, place)),
        }),
      );
      return aSmallRuleset(index + 1, {
        tasks: Object.fromEntries(all.map((one) => [one.key, one])),
        segments: { payers: { attribute: 'plan', operator: 'equals', value: payers } },
        subjects: Object.fromEntries(
          all.flatMap((one) =>
            one.experiments.map(({ id, key, variants }) => [
              `experiment:${key}`,
              {
                id,
                kind: 'experiment' as const,
                key,
                task: one.key,
                variants: variants.map((variant) => variant.key),
                assignment: 'platform' as const,
              },
            ]),
          ),
        ),
      });
    }),
  );

function experimentOf(key: string, { weight, share, audience }: Planned, place: number) {
  const from = place * 2 ** 31;
  const range: HashRange = [from, from + Math.round(share * 2 ** 32)];
  return {
    id: `id-of-${key}`,
    key,
    epoch: 1,
    salt: `experiment:${key}:variant`,
    assignment: 'platform' as const,
    paused: false,
    ranges: [range],
    audience: audience === null ? null : { segment: audience },
    variants: [
      { key: 'a', model: 'old@1', weight: 1, control: true },
      { key: 'b', model: 'new@1', weight, control: false },
    ],
    overrides: {},
  };
}
