import type { LoopHealth } from '../loop/worker-loop.js';
import { answers } from './answers.js';

const well: LoopHealth = { rounds: 7, failures: 0, lastError: null, busySeconds: 0 };
const readiness = async (over: Partial<LoopHealth>): Promise<number> =>
  (await answers(() => ({ ...well, ...over }))('/health/ready')).status;

describe('what a worker says about itself', () => {
  it('is ready while rounds end well, and not before the first, after a failure or when one hangs', async () => {
    expect(await readiness({})).toBe(200);
    expect(await readiness({ busySeconds: 60 })).toBe(200);
    expect(await readiness({ rounds: 0 })).toBe(503);
    expect(await readiness({ failures: 1, lastError: 'away' })).toBe(503);
    expect(await readiness({ busySeconds: 120 })).toBe(503);
  });

  it('says the same to Prometheus', async () => {
    const { status, body } = await answers(() => ({ ...well, failures: 3, busySeconds: 130 }))(
      '/metrics?x=1',
    );
    expect(status).toBe(200);
    for (const line of ['ready 0', 'rounds 7', 'failures_in_a_row 3', 'busy_seconds 130']) {
      expect(body).toContain(`contender_worker_${line}\n`);
    }
  });

  it('lives as long as it answers, and knows no other page', async () => {
    const answer = answers(() => ({ ...well, failures: 9 }));
    expect((await answer('/health/live')).status).toBe(200);
    expect((await answer('/secrets')).status).toBe(404);
  });
});
