import { type HashScheme, type Placing, SCHEME_PLACINGS } from '@app/bucketing';
import { chiSquaredSf } from '@app/stats';
import type { Suite } from '../suite.js';

const UNITS = 10_000_000;
/** Ids are fixed, so a failure is never chance; some 250 tests share this. */
const ALPHA = 1e-6;

/** Cells of a side where two layers are crossed. */
const SIDE = 20;

const IDS: Readonly<Record<string, { readonly units: number; readonly id: (n: number) => string }>> = {
  counting: { units: UNITS, id: (n) => `user-${n}` },
  numbers: { units: UNITS / 10, id: (n) => String(n) },
  'like uuids': {
    units: UNITS / 10,
    id: (n) =>
      `${((n * 2654435761) >>> 0).toString(16).padStart(8, '0')}-4f89-11d3-9a0c-0305e82c${String(n).padStart(8, '0')}`,
  },
  Japanese: { units: UNITS / 10, id: (n) => `利用者${n}` },
};

/** The questions that one unit is asked under a scheme, each by a hash of its own. */
function layers(scheme: HashScheme): Readonly<Record<string, Placing>> {
  const { task, variant, rollout, holdout } = SCHEME_PLACINGS[scheme];
  const named = (key: string) => ({ key, positionSalt: `task:${key}:position`, experiments: [] });
  const experiment = (key: string) => ({ key, salt: `experiment:${key}:variant` });
  return {
    'traffic of a task': task(named('reply')),
    'traffic of another task': task(named('summary')),
    'variant of an experiment': variant(experiment('reply')),
    'variant of another experiment': variant(experiment('tone')),
    // As after a promotion: the key of the experiment.
    'position in a rollout': rollout({ key: 'reply', salt: 'rollout:reply:position' }),
    'position in a holdout': holdout({ salt: 'holdout:2026' }),
  };
}

export const hashingSuite: Suite = {
  name: 'hashing',
  says: `positions of ${UNITS.toLocaleString('en')} units are uniform and independent between layers, by chi-squared, under every hash scheme`,
  async run(report) {
    let least = { p: 1, of: '' };
    const judge = (name: string, counts: Float64Array): Promise<void> =>
      report.check(name, () => {
        const p = chiSquaredP(counts);
        if (p < least.p) least = { p, of: name };
        if (p < ALPHA) throw new Error(`p = ${p.toExponential(2)} of ${counts.length} equal cells`);
      });
    for (const scheme of Object.keys(SCHEME_PLACINGS) as HashScheme[]) {
      const asked = layers(scheme);
      const names = Object.keys(asked);
      for (const [ids, { units, id }] of Object.entries(IDS)) {
        const { single, joint } = count(Object.values(asked), units, id);
        for (const [k, layer] of names.entries()) {
          await judge(`${scheme}, ids ${ids}: ${layer} is uniform`, single[k]!);
        }
        for (const { one, other, counts } of joint) {
          await judge(`${scheme}, ids ${ids}: ${names[one]} and ${names[other]} are independent`, counts);
        }
      }
    }
    report.note(`least p: ${least.p.toPrecision(2)} (${least.of})`);
  },
};

interface Counted {
  /** Units per cell of each layer. */
  readonly single: readonly Float64Array[];
  /** Units per cell of every two layers. */
  readonly joint: ReadonlyArray<{
    readonly one: number;
    readonly other: number;
    readonly counts: Float64Array;
  }>;
}

function count(placings: readonly Placing[], units: number, id: (n: number) => string): Counted {
  const single = placings.map(({ space }) => new Float64Array(Math.min(space, 1000)));
  const joint = placings.flatMap((_, other) =>
    placings.slice(0, other).map((_, one) => ({ one, other, counts: new Float64Array(SIDE * SIDE) })),
  );
  const at = new Float64Array(placings.length);
  for (let n = 0; n < units; n += 1) {
    const unit = id(n);
    for (let k = 0; k < at.length; k += 1) {
      const placing = placings[k]!;
      const position = placing.of(unit);
      // Multiplied first: 0.29 * 100 is a hair less than 29.
      at[k] = Math.floor((position * SIDE) / placing.space);
      const counts = single[k]!;
      counts[Math.floor((position * counts.length) / placing.space)]! += 1;
    }
    for (const { one, other, counts } of joint) counts[at[one]! * SIDE + at[other]!]! += 1;
  }
  return { single, joint };
}

/** That so uneven counts come of equal cells by chance. */
function chiSquaredP(counts: Float64Array): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return chiSquaredSf(statistic, counts.length - 1);
}
