import type { ContenderClient } from '@app/sdk';
import { type Arm, armOf } from './arm.js';
import type { ArmRoute } from './remote-routes.js';
import { ALL_TASKS } from './rules.js';
import type { Person } from './units.js';

/** What became of one route. */
export interface Compared {
  readonly route: string;
  /** Units asked about. */
  readonly units: number;
  /** Answers held against the SDK's. */
  readonly answers: number;
  readonly different: number;
  /** The first few that differ, in words. */
  readonly examples: readonly string[];
}

/** What the SDK decides in process: every other route is held against it. */
export function bySdk(client: ContenderClient, { unit, plan }: Person): Record<string, Arm> {
  return Object.fromEntries(
    ALL_TASKS.map((task) => {
      const { variant, model, source, experiment, rollout } = client.assign(
        task,
        unit,
        { plan },
        { expose: false },
      );
      const name = model && `${model.key}@${model.version}`;
      return [task, armOf({ variant, model: name, source, subject: experiment ?? rollout ?? undefined })];
    }),
  );
}

const EXAMPLES = 3;

/**
 * Asks a route about everybody, a few at a time. A task the route has to answer and does not is a difference too.
 *
 * @param expected what the SDK says of each of them, in the same order
 */
export async function compare(
  route: ArmRoute,
  people: readonly Person[],
  expected: ReadonlyArray<Record<string, Arm>>,
  inFlight = 32,
): Promise<Compared> {
  let answers = 0;
  let different = 0;
  const examples: string[] = [];
  let next = 0;
  const judge = (person: Person, index: number, said: Record<string, Arm>): void => {
    const truth = expected[index]!;
    for (const task of route.tasks(index)) {
      answers += 1;
      if (said[task] === truth[task]) continue;
      different += 1;
      if (examples.length < EXAMPLES) {
        examples.push(
          `${task} for ${JSON.stringify(person)}: ${String(said[task])}, the SDK says ${truth[task]}`,
        );
      }
    }
  };
  const work = async (): Promise<void> => {
    while (next < people.length) {
      const index = next;
      next += 1;
      judge(people[index]!, index, await route.arms(people[index]!, index));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  return { route: route.name, units: people.length, answers, different, examples };
}
