import type { Bar, Row } from '../harness/row.js';
import { runRow } from '../harness/run-row.js';
import { BARS } from './index.js';

/** Another seed than the command's own: what passes here passes by the method, not by its numbers. */
const SEED = 4;

const rows: ReadonlyArray<readonly [string, Bar, Row]> = BARS.flatMap((bar) =>
  bar.rows.map((row) => [`${bar.id}, ${row.name}`, bar, row] as const),
);

describe('the bars, quickly', () => {
  it('have names of their own: a name is part of the seed', () => {
    expect(new Set(rows.map(([name]) => name)).size).toBe(rows.length);
    expect(new Set(BARS.map(({ id }) => id)).size).toBe(BARS.length);
  });

  it.each(rows.filter(([, , row]) => row.replicates.quick > 0))('%s', (_, bar, row) => {
    const runs = runRow(bar, row, { seed: SEED, replicates: row.replicates.quick });
    const { figures, band, pass } = runs.at(-1)!.judgement;
    expect({ figures, band, pass }).toEqual({ figures, band, pass: true });
  });
});

describe('the harness', () => {
  it('turns down six methods known to be broken', () => {
    const controls = BARS.find(({ id }) => id === 'negative-controls')!;
    expect(controls.rows.map(({ name }) => name)).toEqual([
      'a fixed test, peeked at',
      'a ratio with the variance of independent requests',
      'a quantile without clustering',
      'the sequence without burn-in, 99/1',
      'the sample-ratio test ignoring the weights',
      'CUPED with a covariate that the treatment moves',
    ]);
    for (const row of controls.rows) {
      const [first] = runRow(controls, row, { seed: SEED, replicates: row.replicates.quick });
      expect([row.name, first!.judgement.pass]).toEqual([row.name, true]);
    }
  });
});
