import { IN_MEMORY } from './memory-host.js';
import type { LivesReport } from './lives-report.js';
import { coverPoints, liveOnce, simulateLives } from './simulate-lives.js';

const LIVES = 240;
const COVERING = 400;

/** The long form: `npm run simulate -- ramp`. */
describe('lives of rollouts, each with one fault', () => {
  let report: LivesReport;

  beforeAll(async () => {
    report = await simulateLives(IN_MEMORY, { seed: 7, from: 0, to: LIVES, thoroughEvery: 4 });
  }, 240_000);

  it('break nothing', () => {
    expect({ broken: report.broken, lives: report.lives }).toEqual({ broken: [], lives: LIVES });
  });

  it('end in every way, and meet every fault', () => {
    expect(report.ends).toEqual({
      promoted: expect.any(Number),
      'rolled-back': expect.any(Number),
      'stopped-futile': expect.any(Number),
      running: expect.any(Number),
    });
    expect(Object.values(report.faults).every((lives) => lives > 0)).toBe(true);
    expect(report.struckAt.length).toBeGreaterThan(20);
  });

  it('are struck at every point they come to, when strikes are sent where none fell before', async () => {
    const covered = await coverPoints(IN_MEMORY, { seed: 7, lives: COVERING, thoroughEvery: 50 });
    expect(covered.broken).toEqual([]);
    expect([...covered.struckAt].sort()).toEqual([...covered.seen].sort());
    expect(covered.seen.length).toBeGreaterThan(90);
    expect(covered.again).toBeGreaterThan(0);
    // What chance comes to in as many lives.
    expect(report.struckAt.length).toBeLessThan(covered.struckAt.length);
  }, 240_000);

  it('are the same when lived again', async () => {
    const [one, other] = [
      await liveOnce(IN_MEMORY, { seed: 7, number: 11 }),
      await liveOnce(IN_MEMORY, { seed: 7, number: 11 }),
    ];
    const tail = ({ lived }: typeof one) => lived.log.receipts.map(({ body }) => body.length);
    expect(tail(one)).toEqual(tail(other));
    expect(one.lived.life).toEqual(other.lived.life);
  });
});
