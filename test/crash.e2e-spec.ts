import { crashRun } from '../apps/cli/src/crash/crash-run.js';

/** The long form: `npm run crash -- --rounds 50`. */
describe('a stack whose processes are killed while services send', () => {
  it('loses nothing it acknowledged, counts nothing twice, and its statistics equal a recount', async () => {
    const report = await crashRun({ rounds: 6, seed: Date.now() % 1_000_000 });
    expect(report).toMatchObject({ findings: [] });
    expect(report.acknowledgedEvents).toBeGreaterThan(1000);
    expect(report.spooledEvents).toBeGreaterThan(0);
    expect(report.kills).toEqual({
      edge: expect.any(Number),
      postgres: expect.any(Number),
      worker: expect.any(Number),
      'worker-2': expect.any(Number),
    });
  }, 300_000);
});
