import { IN_MEMORY } from './memory-host.js';
import { liveOnce, type LivesReport, simulateLives } from './simulate-lives.js';

const LIVES = 240;

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

  it('are the same when lived again', async () => {
    const [one, other] = [await liveOnce(IN_MEMORY, 7, 11), await liveOnce(IN_MEMORY, 7, 11)];
    const tail = ({ lived }: typeof one) => lived.log.receipts.map(({ body }) => body.length);
    expect(tail(one)).toEqual(tail(other));
    expect(one.lived.life).toEqual(other.lived.life);
  });
});
