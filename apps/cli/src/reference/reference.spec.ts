import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differences } from './compare.js';
import { runReference } from './run-reference.js';

const tight = { rel: 1e-9, abs: 0 };

describe('comparing a case with the library', () => {
  it('takes a figure within its tolerance and names one that is not', () => {
    expect(differences({ p: 0.05 }, { p: 0.05 + 1e-12 }, tight)).toEqual([]);
    expect(differences({ p: 0.05 }, { p: 0.06 }, tight)[0]).toMatch(
      /^p: expected 0\.05, got 0\.06 \(relative 2\.0e-1\)/,
    );
  });

  it('lets the nearest override win, at any depth', () => {
    const tolerance = { ...tight, overrides: { ci: { rel: 0.1 }, information: 'not to be tested' } };
    expect(
      differences({ welch: { ci: [1, 2] }, information: 3 }, { welch: { ci: [1.05, 2] } }, tolerance),
    ).toEqual([]);
    expect(differences({ welch: { se: 1 } }, { welch: { se: 1.05 } }, tolerance)).toHaveLength(1);
  });

  it('takes null only for null: NaN, 0 and silence are not "undefined"', () => {
    expect(differences({ p: null }, { p: null }, tight)).toEqual([]);
    for (const got of [NaN, 0, undefined])
      expect(differences({ p: null }, { p: got }, tight)).toHaveLength(1);
    expect(differences({ p: 0.5 }, { p: NaN }, { abs: 10 })).toHaveLength(1);
  });

  it('reads infinities from their names and lists by length', () => {
    expect(differences({ logP: '-Infinity' }, { logP: -Infinity }, tight)).toEqual([]);
    expect(differences({ ci: [1, 2] }, { ci: [1] }, tight)).toHaveLength(1);
  });
});

describe('running a folder of reference files', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'reference-'))));
  afterEach(() => rm(folder, { recursive: true }));

  const write = (name: string, input: unknown, expected: unknown) =>
    writeFile(
      join(folder, name),
      JSON.stringify({
        method: 'm',
        conventions: [],
        cases: [{ id: 'c-1', input, expected, tolerance: tight }],
      }),
    );
  const normal = { dist: 'normal', fn: 'cdf', args: { x: 0 } };

  it('ends with 0 only when every case passes', async () => {
    const lines: string[] = [];
    await write('01-distributions.json', normal, { value: 0.5 });
    expect(await runReference(folder, { json: false, print: (line) => lines.push(line) })).toBe(0);
    expect(lines.at(-1)).toMatch(/^all +1 +0 +0$/);
  });

  it('ends with 1 and names the case when a figure is off', async () => {
    const lines: string[] = [];
    await write('01-distributions.json', normal, { value: 0.4 });
    expect(await runReference(folder, { json: false, print: (line) => lines.push(line) })).toBe(1);
    expect(lines.join('\n')).toMatch(/c-1: value: expected 0\.4, got 0\.5/);
  });

  it('ends with 1 on a method the library has not, and says so', async () => {
    const printed: string[] = [];
    await write('01-distributions.json', { ...normal, dist: 'zipf' }, { value: 0.4 });
    expect(await runReference(folder, { json: true, print: (line) => printed.push(line) })).toBe(1);
    expect(JSON.parse(printed[0]!)).toMatchObject({
      ok: false,
      total: { passed: 0, failed: 0, unsupported: 1 },
    });
  });

  it('ends with 1 when there is nothing to run: silence is not success', async () => {
    expect(await runReference(folder, { json: true, print: () => undefined })).toBe(1);
  });
});
