import { PostgresEvaluationCounts } from '@app/events';
import { Pool } from 'pg';
import { type ControlHarness, startControl } from './control-harness.js';

describe('GET /api/v1/tasks/:task/evaluations', () => {
  let control: ControlHarness;
  const address = '/api/v1/tasks/reply/evaluations';

  beforeAll(async () => {
    control = await startControl();
    const pool = new Pool({ connectionString: control.url, max: 1 });
    pool.on('error', () => undefined);
    const counts = new PostgresEvaluationCounts(pool);
    const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000);
    const told = (variant: string, yes: number, no = 0, task = 'reply', at = hour) => ({
      environment: 'production',
      task,
      variant,
      hour: at,
      yes,
      no,
    });
    await counts.add([
      told('', 90, 3),
      told('a', 60),
      told('a', 20),
      told('b', 10),
      told('b', 7, 0, 'summary'),
    ]);
    await counts.add([told('a', 5), told('b', 99, 0, 'reply', new Date(hour.getTime() - 10 * 86_400_000))]);
    await pool.end();
  });

  afterAll(() => control.close());

  it('adds up what was told since then, by arm', async () => {
    const { body } = await control.call('get', `${address}?environment=production`).expect(200);
    expect(body).toMatchObject({
      task: 'reply',
      yes: 90,
      no: 3,
      arms: [
        { variant: 'a', evaluations: 85, exposures: 0, finding: 'NEVER_EXPOSED' },
        { variant: 'b', evaluations: 10, exposures: 0, finding: 'NEVER_EXPOSED' },
      ],
    });
    const longer = await control.call('get', `${address}?environment=production&hours=720`).expect(200);
    expect(longer.body.arms[1]).toMatchObject({ variant: 'b', evaluations: 109 });
  });

  it.each([
    ['without an environment', '', 400, 'VALIDATION_FAILED'],
    ['of an unknown environment', '?environment=nowhere', 404, 'ENVIRONMENT_UNKNOWN'],
    ['over no time', '?environment=production&hours=0', 400, 'VALIDATION_FAILED'],
  ])('refuses a check %s', async (_what, query, status, code) => {
    const { body } = await control.call('get', `${address}${query}`).expect(status);
    expect(body.code).toBe(code);
  });
});
