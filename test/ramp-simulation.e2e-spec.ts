import { type LivesReport, simulateLives } from '@app/rollouts';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { PostgresLives } from '../apps/cli/src/simulate/ramp/postgres-lives.js';

const LIVES = 30;

/** The long form: `npm run simulate -- ramp`. */
describe('lives of rollouts over PostgreSQL, each with one fault', () => {
  let database: TestDatabase;
  let lives: PostgresLives;
  let report: LivesReport;

  beforeAll(async () => {
    database = await createTestDatabase();
    lives = await PostgresLives.open(database.url);
    report = await simulateLives(lives, { seed: 11, from: 0, to: LIVES, thoroughEvery: 3 });
  }, 300_000);

  afterAll(async () => {
    await lives?.close();
    await database?.drop();
  });

  it('break nothing, though connections are cut in the middle of transactions', () => {
    expect(report).toMatchObject({ broken: [], lives: LIVES });
    expect(report.struckAt.length).toBeGreaterThan(3);
    expect(report.ends).toMatchObject({ 'rolled-back': expect.any(Number) });
  });
});
