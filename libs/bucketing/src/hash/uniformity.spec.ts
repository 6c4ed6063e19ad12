import { type Placing, SCHEME_PLACINGS } from '../scheme/placings.js';
import type { HashScheme } from '../ruleset.js';
import { position, positioner, unitBucket } from './position.js';

/** Pearson's χ² of counts that should all be equal. */
function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** 1 − 10^-6 quantile of χ² by Wilson and Hilferty: z = 4.753. The ids are fixed, so a failure is never chance. */
const limit = (df: number): number => df * (1 - 2 / (9 * df) + 4.753 * Math.sqrt(2 / (9 * df))) ** 3;

const cell = (position_: number, cells: number): number => Math.floor((position_ / 2 ** 32) * cells);

const ids = {
  counting: (n: number) => `user-${n}`,
  numbers: (n: number) => String(n),
  'like uuids': (n: number) =>
    `${((n * 2654435761) >>> 0).toString(16).padStart(8, '0')}-4f89-11d3-9a0c-0305e82c${String(n).padStart(6, '0')}`,
  Japanese: (n: number) => `利用者${n}`,
};

describe('positions', () => {
  it.each(Object.entries(ids))('are uniform over %s ids', (_name, id) => {
    const counts = new Array<number>(1000).fill(0);
    const at = positioner('task:reply:position');
    for (let n = 0; n < 100_000; n += 1) counts[cell(at(id(n)), 1000)]! += 1;
    expect(chiSquared(counts)).toBeLessThan(limit(999));
  });

  it.each([
    ['two experiments', 'experiment:tone:variant', 'experiment:tone2:variant'],
    ['an experiment and the task position it lies in', 'task:reply:position', 'experiment:reply:variant'],
    // unleash-ruby-sdk#160: one hash for both made every canary unit land in the same variant.
    ['a rollout and an experiment of one key', 'rollout:tone:position', 'experiment:tone:variant'],
    ['two tasks', 'task:reply:position', 'task:summary:position'],
  ])('are independent between %s', (_name, one, other) => {
    const counts = new Array<number>(400).fill(0);
    const first = positioner(one);
    const second = positioner(other);
    for (let n = 0; n < 100_000; n += 1) {
      const id = `user-${n}`;
      counts[cell(first(id), 20) * 20 + cell(second(id), 20)]! += 1;
    }
    expect(chiSquared(counts)).toBeLessThan(limit(399));
  });

  it('tell salts and units apart however they are cut', () => {
    expect(position('ab', 'c')).not.toBe(position('a', 'bc'));
  });
});

/** What one key asks of a unit: the first rollout of an experiment has its key, and a holdout may have any. */
function layers(scheme: HashScheme): Array<readonly [name: string, placing: Placing]> {
  const { task, variant, rollout, holdout } = SCHEME_PLACINGS[scheme];
  return [
    ['traffic', task({ key: 'tone', positionSalt: 'task:tone:position', experiments: [] })],
    ['variant', variant({ key: 'tone', salt: 'experiment:tone:variant' })],
    ['rollout', rollout({ key: 'tone', salt: 'rollout:tone:position' })],
    ['holdout', holdout({ salt: 'holdout:tone' })],
  ];
}

describe.each(Object.keys(SCHEME_PLACINGS) as HashScheme[])('positions under %s', (scheme) => {
  const asked = layers(scheme);
  const pairs = asked.flatMap(([one, first], n) =>
    asked.slice(n + 1).map(([other, second]) => ({ one, other, first, second })),
  );

  it.each(pairs)('are independent between $one and $other of one key', ({ first, second }) => {
    const counts = new Array<number>(400).fill(0);
    // Multiplied first: 0.29 * 100 is a hair less than 29.
    const side = (placing: Placing, unit: string) => Math.floor((placing.of(unit) * 20) / placing.space);
    for (let n = 0; n < 100_000; n += 1) {
      const id = `user-${n}`;
      counts[side(first, id) * 20 + side(second, id)]! += 1;
    }
    expect(chiSquared(counts)).toBeLessThan(limit(399));
  });
});

describe('unit buckets', () => {
  it('are filled evenly and say nothing about the position', () => {
    const counts = new Array<number>(256 * 4).fill(0);
    const at = positioner('experiment:tone:variant');
    for (let n = 0; n < 100_000; n += 1) {
      const id = `user-${n}`;
      counts[unitBucket(id) * 4 + cell(at(id), 4)]! += 1;
    }
    expect(chiSquared(counts)).toBeLessThan(limit(256 * 4 - 1));
  });
});
