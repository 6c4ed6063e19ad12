import { resolvePlan } from '@app/rollouts';
import { positionOf, type RecordedUnit } from './recorded-unit.js';
import { runRecorded, tell } from './recorded.command.js';
import type { Recording } from './recording.js';

const plan = resolvePlan({
  template: 'quality-up',
  metrics: [
    {
      key: 'quality',
      role: 'success',
      kind: 'proportion',
      direction: 'increase',
      bounds: [0, 1],
    },
  ],
  plannedUnits: 400,
  stages: [{ share: 0.5, bakeSeconds: 3600 }],
  challengerShare: null,
  controlMeans: {},
});
const START = Date.parse('2026-01-05T00:00:00Z');
const DAY_MS = 86_400_000;
/** A hundred units a day; every k-th answer is good, by rate. */
const units = (challenger: (day: number) => number): RecordedUnit[] =>
  Array.from({ length: 2_000 }, (_, index) => {
    const luck = positionOf(`luck:${index}`);
    return {
      at: START + (index / 100) * DAY_MS,
      position: positionOf(`unit:${index}`),
      champion: { quality: Number(luck < 0.6) },
      challenger: { quality: Number(luck < challenger(index / 100)) },
    };
  });
const recording = (overrides: Partial<Recording>): Recording => ({
  name: 'made up',
  plan,
  units: units(() => 0.6),
  perLook: 20,
  right: 'not rolled back',
  turnedAt: null,
  ...overrides,
});

describe('a recording', () => {
  it('that turns bad is taken off, and the delay counts from there', () => {
    const turned = recording({
      units: units((day) => (day < 3 ? 0.6 : 0.1)),
      right: 'taken off',
      turnedAt: START + 3 * DAY_MS,
    });
    const told = tell(turned);
    expect(told).toMatchObject({ end: expect.stringMatching(/^(rolled-back|stopped-futile)$/), ok: true });
    expect(told.delayDays).toBeGreaterThan(0);
    expect(told.delayDays).toBeLessThan(6);
    expect(tell({ ...turned, right: 'not rolled back', units: units(() => 0.1) }).ok).toBe(false);
    // Taken off before anything was wrong is not right either.
    expect(tell({ ...turned, turnedAt: START + 15 * DAY_MS }).ok).toBe(false);
  });

  it('of a better model ends in promotion, of the same one in no rollback', () => {
    expect(tell(recording({ units: units(() => 0.9), right: 'promoted' }))).toMatchObject({
      end: 'promoted',
      ok: true,
    });
    expect(tell(recording({}))).toMatchObject({ ok: true });
    expect(tell(recording({ right: 'promoted' })).ok).toBe(false);
  });
});

describe('the command', () => {
  const said: string[] = [];

  beforeEach(() => {
    said.length = 0;
    jest.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterEach(() => jest.restoreAllMocks());

  it('says in words what it skips, and that is no failure', async () => {
    expect(await runRecorded(['/no/such/folder'])).toBe(0);
    expect(said).toEqual(['skipped: there is no folder /no/such/folder']);
    said.length = 0;
    expect(await runRecorded([__dirname])).toBe(0);
    expect(said).toHaveLength(4);
    expect(said[0]).toMatch(/^skipped: .* has no models\/llmdrift_prime.csv.gz$/);
  });

  it('is refused without a folder', async () => {
    expect(await runRecorded([])).toBe(2);
  });
});
