import { coverPoints, type LivesReport } from '@app/rollouts';
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
    report = await coverPoints(lives, { seed: 11, lives: LIVES, thoroughEvery: 3 });
  }, 300_000);

  afterAll(async () => {
    await lives?.close();
    await database?.drop();
  });

  it('break nothing, though connections are cut in the middle of transactions', () => {
    expect(report).toMatchObject({ broken: [], lives: LIVES });
    // Strikes go where none fell before.
    expect(report.struckAt.length).toBe(report.struck);
    expect(report.struck).toBeGreaterThan(10);
    expect(report.ends).toMatchObject({ 'rolled-back': expect.any(Number) });
  });
});
