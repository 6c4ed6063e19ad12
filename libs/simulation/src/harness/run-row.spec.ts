import type { Bar, Row } from './row.js';
import { atMost, mustFail } from './judges.js';
import { chunksOf, judgeRun, runChunk, runRow } from './run-row.js';
import { Tally } from './tally.js';

function rowOf(over: Partial<Row> = {}): Row {
  return {
    name: 'coin',
    replicates: { full: 1_000, quick: 100 },
    outputs: ['heads', 'sum'],
    collect: ['sum'],
    prepare: () => (random) => [random.bernoulli(0.05), random.uniform() / 3],
    judge: atMost('heads', 0.05),
    ...over,
  };
}
const barOf = (row: Row): Bar => ({ id: 'B0', title: 'a coin', rows: [row] });

describe('running a row', () => {
  it('gives the same figures to the last bit in whatever order its chunks are done', () => {
    const row = rowOf();
    const bar = barOf(row);
    const chunks = chunksOf(1_000);
    const inOrder = chunks.map((chunk) => runChunk({ bar, row }, row.prepare(), 9, chunk));
    const reversed = [...chunks]
      .reverse()
      .map((chunk) => runChunk({ bar, row }, row.prepare(), 9, chunk))
      .reverse();
    expect(judgeRun(row, 9, reversed)).toEqual(judgeRun(row, 9, inOrder));
    expect(reversed).toEqual(inOrder);
    expect(runRow(bar, row, { seed: 9, replicates: 1_000 })).toEqual([judgeRun(row, 9, inOrder)]);
  });

  it('covers every replicate once', () => {
    for (const replicates of [1, 47, 48, 49, 1_000]) {
      const chunks = chunksOf(replicates);
      expect(chunks[0]!.from).toBe(0);
      expect(chunks.at(-1)!.to).toBe(replicates);
      for (let i = 1; i < chunks.length; i++) expect(chunks[i]!.from).toBe(chunks[i - 1]!.to);
    }
  });

  it('runs once more with four times the replicates and another seed when outside its band, and no third time', () => {
    const row = rowOf({ prepare: () => (random) => [random.bernoulli(0.5), 0] });
    const runs = runRow(barOf(row), row, { seed: 9, replicates: 100 });
    expect(runs.map(({ replicates, judgement }) => [replicates, judgement.pass])).toEqual([
      [100, false],
      [400, false],
    ]);
    expect(runs[1]!.seed).not.toBe(9);
  });

  it('takes NaN for a defect and null for nothing to count', () => {
    const broken = rowOf({ prepare: () => () => [NaN, 0] });
    expect(() => runRow(barOf(broken), broken, { seed: 1, replicates: 5 })).toThrow(/"coin" returned NaN/);
    const short = rowOf({ prepare: () => () => [1] });
    expect(() => runRow(barOf(short), short, { seed: 1, replicates: 5 })).toThrow(/1 of 2 outputs/);
    const row = rowOf({ prepare: () => (_, index) => [index % 2 === 0 ? 0 : null, index] });
    const tallied = runChunk({ bar: barOf(row), row }, row.prepare(), 1, { from: 0, to: 10 });
    const tally = new Tally(row.outputs, tallied);
    expect([tally.replicates, tally.count('heads'), tally.median('sum')]).toEqual([10, 5, 5]);
    expect(() => tally.mean('tails')).toThrow(/no output "tails"/);
  });

  it('passes a broken method only when its bar turns it down', () => {
    const honest = rowOf({ judge: mustFail(atMost('heads', 0.05)) });
    expect(runRow(barOf(honest), honest, { seed: 9, replicates: 500 }).at(-1)!.judgement.pass).toBe(false);
  });
});
