import { createContender } from '@app/sdk';
import { bySdk, compare } from '../apps/cli/src/conformance/one-arm/compare.js';
import { EdgeCalls } from '../apps/cli/src/conformance/one-arm/edge-calls.js';
import { remoteRoutes } from '../apps/cli/src/conformance/one-arm/remote-routes.js';
import { oneArmRules } from '../apps/cli/src/conformance/one-arm/rules.js';
import { asciiPeople, otherPeople, type Person } from '../apps/cli/src/conformance/one-arm/units.js';
import { EdgeWorld } from './support/edge-world.js';

/** `npm run conformance -- one-arm` asks a hundred thousand units, and third-party clients that evaluate on their own. */
const UNITS = 300;

describe('two experiments and a rollout under each hash scheme', () => {
  let world: EdgeWorld;
  let calls: EdgeCalls;
  let client: ReturnType<typeof createContender>;

  beforeAll(async () => {
    world = await EdgeWorld.create((version) => oneArmRules(version, 'production'));
    calls = new EdgeCalls(world.url, world.key);
    client = createContender({ url: world.url, key: world.key, flushOnExit: false });
    await client.ready();
  });
  afterAll(async () => {
    calls.close();
    await client.close();
    await world.destroy();
  });

  it('give every unit one arm, by whatever route it is asked', async () => {
    const people: Person[] = [...asciiPeople(UNITS), ...otherPeople(UNITS)];
    const expected = people.map((person) => bySdk(client, person));
    for (const route of remoteRoutes(calls)) {
      const { different, examples, answers } = await compare(route, people, expected);
      expect({ route: route.name, different, examples }).toEqual({
        route: route.name,
        different: 0,
        examples: [],
      });
      expect(answers).toBeGreaterThanOrEqual(people.length);
    }
    const arms = new Set(
      expected.flatMap((said) => Object.entries(said).map(([task, arm]) => `${task} ${arm}`)),
    );
    // native and growthbook: 2 + 3 arms, 3 of the rollout, holdout; unleash: 2 + 3 + 1, and 3 + champion + 1.
    expect([...arms].length).toBe(9 + 6 + 5 + 9);
  });

  it('are seen to differ where a route is wrong', async () => {
    const [route] = remoteRoutes(calls);
    const people = asciiPeople(50);
    const swapped = people.map((person) => bySdk(client, { ...person, unit: `${person.unit}!` }));
    expect((await compare(route!, people, swapped)).different).toBeGreaterThan(20);
  });
});
