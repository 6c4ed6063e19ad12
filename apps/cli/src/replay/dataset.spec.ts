import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Dataset, readDataset } from './dataset.js';
import { exposureEventId, longestWindowMs } from './replay.js';

describe('reading a replay folder', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'replay-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  async function read(units: string, outcomes: string): Promise<Dataset> {
    writeFileSync(path.join(directory, 'plan.json'), '{"metrics":[]}');
    writeFileSync(path.join(directory, 'units.csv'), units);
    writeFileSync(path.join(directory, 'outcomes.csv'), outcomes);
    return readDataset(directory);
  }

  it('lets an outcome without a time follow the first exposure by time, wherever that stands in the file', async () => {
    const { outcomes } = await read(
      'unit,at,variant\nu,2026-01-03T00:00:00Z,a\nu,2026-01-02T00:00:00Z,a\n',
      'unit,metric,value\nu,m,1\n',
    );
    expect(outcomes[0]!.at).toBe('2026-01-02T00:00:00.001Z');
  });

  it('sends no row before it happened', async () => {
    const { units, outcomes } = await read(
      'unit,at,sent,variant\nu,2026-01-03T00:00:00Z,2026-01-01T00:00:00Z,a\n',
      'unit,metric,value,at,sent\nu,m,1,2026-01-05T00:00:00Z,2026-01-04T00:00:00Z\n',
    );
    expect(units[0]!.sentMs).toBe(Date.parse('2026-01-03T00:00:00Z'));
    expect(outcomes[0]!.sentMs).toBe(Date.parse('2026-01-05T00:00:00Z'));
  });

  it('takes as numbers what people write as numbers', async () => {
    const { units } = await read(
      'unit,at,variant,zip,age,hex,share\nu,2026-01-03T00:00:00Z,a,01234,42,0x10,-1.50\n',
      'unit,metric,value\n',
    );
    expect(units[0]!.attributes).toEqual({ zip: '01234', age: 42, hex: '0x10', share: -1.5 });
  });

  it('tells a repeated exposure from one in another arm at the same instant', async () => {
    const { units } = await read(
      'unit,at,variant\nu,2026-01-03T00:00:00Z,a\nu,2026-01-03T00:00:00Z,a\nu,2026-01-03T00:00:00Z,b\n',
      'unit,metric,value\n',
    );
    const [first, again, other] = units.map(exposureEventId);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});

describe('the last look of a replay', () => {
  it('waits for the longest window with an end', () => {
    const metrics = [
      { key: 'a' },
      { key: 'b', window: { delay: 60, length: 3600 } },
      { key: 'c', window: { delay: 86_400, length: null } },
    ];
    expect(longestWindowMs({ metrics })).toBe(3_660_000);
    expect(longestWindowMs({ metrics: [{ key: 'a' }] })).toBe(0);
  });
});
