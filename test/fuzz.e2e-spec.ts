import { fuzzRun } from '../apps/cli/src/fuzz/fuzz-run.js';
import { EdgeWorld } from './support/edge-world.js';

/** The long form: `npm run fuzz -- --inputs 100000`. */
describe('an edge that is sent all sorts of things', () => {
  let world: EdgeWorld;

  beforeAll(async () => {
    // Warnings of a loaded machine are no part of this.
    jest.spyOn(console, 'error').mockReturnValue();
    world = await EdgeWorld.create();
  }, 60_000);
  afterAll(() => world.destroy());

  it('refuses them clearly, counts nothing in part and goes on', async () => {
    const seed = Date.now() % 1_000_000;
    const report = await fuzzRun({
      edgeUrl: world.url,
      key: world.key,
      database: world.pool,
      inputs: 2000,
      seed,
    });
    expect(report).toMatchObject({ seed, findings: [] });
    expect(report.acceptedEvents).toBeGreaterThan(100);
    expect(report.rejectedEvents).toBeGreaterThan(100);
    expect(Object.keys(report.answers)).toEqual(
      expect.arrayContaining(['200', '400', '413', '415', 'closed']),
    );
  }, 300_000);
});
