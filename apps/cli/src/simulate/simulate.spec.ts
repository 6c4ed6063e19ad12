import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BARS, runChunk, type Bar, type Row } from '@app/simulation';
import { readArguments, type Asked } from './arguments.js';
import type { Done, Pool } from './pool.js';
import { linesOf, totalLine } from './report.js';
import { runBars, type RowResult } from './run-bars.js';
import { runStreams } from './run-streams.js';

describe('what a call asks for', () => {
  const asked = (...argv: string[]): Asked => {
    const read = readArguments(argv);
    if (typeof read === 'string') throw new Error(read);
    return read;
  };

  it('is every row of the bars named, of all, or those with a text in their name', () => {
    expect(asked('all').rows).toHaveLength(BARS.flatMap((bar) => bar.rows).length);
    expect(new Set(asked('b19,B16').rows.map(({ bar }) => bar.id))).toEqual(new Set(['B16', 'B19']));
    expect(asked('B3', '--row', 'Brownian').rows.map(({ row }) => row.name)).toEqual([
      'Brownian motion, N* = Nmax/2',
    ]);
    expect(asked('B19', '--seed', '7', '--replicates', '10').options).toEqual({
      seed: 7,
      replicates: 10,
      quick: false,
    });
  });

  it('is refused with the reason when it names nothing known', () => {
    expect(readArguments(['B99'])).toBe('There is no bar "B99".');
    expect(readArguments([])).toBe('Name a bar, or all.');
    expect(readArguments(['B3', '--row', 'nothing'])).toBe('No row has "nothing" in its name.');
    expect(readArguments(['B3', '--replicates', '0'])).toBe(
      '--replicates takes a whole number from 1, not "0".',
    );
    expect(readArguments(['B3', '--seed', '1.5'])).toMatch(/^--seed takes a whole number/);
    expect(readArguments(['--streams', 'x', '--planned-units', 'many'])).toMatch(/^--planned-units/);
  });
});

describe('running bars', () => {
  const row = (name: string, p: number): Row => ({
    name,
    replicates: { full: 400, quick: 40 },
    outputs: ['rate'],
    prepare: () => {
      if (Number.isNaN(p)) throw new Error('cannot prepare');
      return (random) => [random.bernoulli(p)];
    },
    judge: (tally) => ({
      figures: { rate: tally.mean('rate') },
      band: '≤ 0.2',
      pass: tally.mean('rate') <= 0.2,
    }),
  });
  const bar: Bar = { id: 'B0', title: 'coins', rows: [row('fair', 0.5), row('rare', 0.1), row('none', NaN)] };
  /** Runs on this thread what threads would run. */
  const pool: Pick<Pool, 'run'> = {
    run: async (task): Promise<Done> => {
      const own = bar.rows.find(({ name }) => name === task.row)!;
      return { tallied: runChunk({ bar, row: own }, own.prepare(), task.seed, task.chunk), seconds: 0.5 };
    },
  };
  const results = async (quick: boolean): Promise<RowResult[]> => {
    const all: RowResult[] = [];
    const rows = bar.rows.map((of) => ({ bar, row: of }));
    for await (const result of runBars(rows, pool, { seed: 3, quick })) all.push(result);
    return all;
  };

  it('runs a row outside its band once more, four times as long, and prints both', async () => {
    const [fair, rare, none] = await results(false);
    expect(fair!.runs.map(({ replicates }) => replicates)).toEqual([400, 1_600]);
    expect([fair!.pass, rare!.pass, none!.pass]).toEqual([false, true, false]);
    expect(linesOf(fair!).map((line) => / (once more|FAIL)/.exec(line)?.[1])).toEqual(['once more', 'FAIL']);
    expect(linesOf(rare!)[0]).toMatch(/^B0 +rare .*rate 0\.\d+ +\[≤ 0\.2\] +R 400 +seed 3 +[\d.]+ s +pass$/);
    expect(linesOf(none!)).toEqual([expect.stringMatching(/FAIL: cannot prepare$/)]);
    expect(totalLine([fair!, rare!, none!], 12)).toBe(
      '1 of 3 rows passed in 12 s; failed:\n  B0  fair\n  B0  none',
    );
  });

  it('takes the smaller numbers when asked to be quick', async () => {
    expect((await results(true))[1]!.runs[0]!.replicates).toBe(40);
  });
});

describe('streams from outside', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'streams-'))));
  afterEach(() => rm(folder, { recursive: true }));

  const header = 'replicate,unit,arm,metric,value,t';
  const write = (name: string, ...lines: string[]) => writeFile(join(folder, name), `${lines.join('\n')}\n`);
  const run = async (): Promise<string[]> => {
    const lines: string[] = [];
    const outcome = await runStreams(folder, 5_000, (line) => lines.push(line));
    return 'error' in outcome ? [outcome.error] : lines;
  };

  it('give a line per metric, files and columns in any order', async () => {
    const units = Array.from({ length: 400 }, (_, i) => i);
    const arm = (i: number): string => (i % 2 === 0 ? 'control' : 'new');
    await write(
      'b.csv',
      header,
      ...units.map((i) => `1,u${i},${arm(i)},answered,${i % 3 === 0 ? 1 : 0},${i}`),
    );
    await write(
      'a.csv',
      't,value,metric,arm,unit,replicate',
      ...units.map((i) => `${i},${i % 7},score,${arm(i)},u${i},1`),
    );
    const lines = await run();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^score \(mean\), new: .*R 1 +pass$/);
    expect(lines[1]).toMatch(/^answered \(proportion\), new: ever rejects 0 .*never stops.*KEEP_RUNNING 1/);
  });

  it.each([
    ['no file', undefined, /has no \.csv file\.$/],
    [
      'a column missing',
      'replicate,unit,arm,metric,value\n1,u,a,m,1',
      /^x\.csv: the header .* t not found in/,
    ],
    [
      'a value that is no number',
      `${header}\n1,u,a,m,high,1`,
      /^x\.csv: line 2: value is "high", not a number$/,
    ],
    ['an empty name', `${header}\n1,,a,m,1,1`, /^x\.csv: line 2: unit is empty$/],
    ['a row too short', `${header}\n1,u,a,m,1`, /^x\.csv: .*Record Length/],
    ['nothing below the header', header, /^x\.csv: has no lines after its header$/],
    ['one arm', `${header}\n1,u,a,m,1,1`, /^x\.csv: metric "m" of replicate "1" has one arm only$/],
    [
      'a replicate torn apart',
      [header, ...[1, 2, 1].flatMap((r) => [`${r},u,a,m,1,1`, `${r},v,b,m,0,1`])].join('\n'),
      /comes twice/,
    ],
  ])('are refused with one clear line: %s', async (_, text, message) => {
    if (text !== undefined) await write('x.csv', text);
    const lines = await run();
    expect(lines).toEqual([expect.stringMatching(message)]);
    expect(lines[0]).not.toContain('\n');
  });
});
