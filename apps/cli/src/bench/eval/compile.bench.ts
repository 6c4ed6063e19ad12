import { compileRuleset, recompileRuleset, type Ruleset, RULESET_FORMAT } from '@app/bucketing';
import { type BenchResult, median } from '../measure.js';
import { experiments } from './workload.js';

const TASKS = 500;
const PER_TASK = 10;
const ROUNDS = 9;

/** A ruleset of 5,000 experiments made ready to decide from: all of it, and after a change of one task. */
export function* compileBenches(): Generator<BenchResult> {
  const text = JSON.stringify(bigRuleset());
  const changed = text.replace('"paused":false', '"paused":true');
  const [whole, again, parsed]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    let first!: Ruleset;
    parsed.push(processorMs(() => (first = JSON.parse(text) as Ruleset)));
    let compiled!: ReturnType<typeof compileRuleset>;
    whole.push(processorMs(() => (compiled = compileRuleset(first))));
    if (compiled.problems.length > 0) throw new Error(compiled.problems[0]);
    const next = JSON.parse(changed) as Ruleset;
    again.push(processorMs(() => recompileRuleset(compiled, next)));
  }
  yield result('eval: 5,000 experiments compiled', whole, parsed, '< 200 ms');
  yield result('eval: 5,000 experiments compiled again after one change', again, parsed, null);
}

/** Of the process, its collectors of garbage included. */
function processorMs(work: () => unknown): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

function result(
  name: string,
  ours: readonly number[],
  parsed: readonly number[],
  bar: string | null,
): BenchResult {
  return {
    name,
    figure: Number(median(ours).toPrecision(3)),
    unit: 'ms of processor time',
    ratio: Number(median(ours.map((time, round) => time / parsed[round]!)).toPrecision(3)),
    against: 'JSON.parse of the same ruleset',
    bar,
  };
}

function bigRuleset(): Ruleset {
  const reference = (key: string) => ({ key, version: 1, provider: 'openai', name: key, parameters: {} });
  const tasks = Array.from({ length: TASKS }, (_, n) => bigTask(`task-${n}`, n));
  return {
    format: RULESET_FORMAT,
    environment: 'production',
    version: 1,
    publishedAt: '2026-01-01T00:00:00.000Z',
    models: Object.fromEntries(['control', 'challenger', 'other'].map((key) => [`${key}@1`, reference(key)])),
    tasks: Object.fromEntries(tasks.map((task) => [task.key, task])),
    segments: {
      staff: { attribute: 'mail', operator: 'matches', value: '@example\\.(com|org)$' },
      current: { attribute: 'app', operator: 'semver-at-least', value: '2.1.0' },
    },
    subjects: {},
  };
}

function bigTask(key: string, n: number): Ruleset['tasks'][string] {
  const point = (at: number): number => Math.round((at / PER_TASK) * 2 ** 32);
  return {
    key,
    unitType: 'user',
    hashScheme: 'native-v1',
    positionSalt: `task:${key}:position`,
    enabled: true,
    champion: 'control@1',
    fallbacks: ['other@1'],
    experiments: Array.from({ length: PER_TASK }, (_, at) => {
      const { arms, countries, without } = experiments[(n + at) % experiments.length]!;
      return {
        id: `id-of-${key}-${at}`,
        key: `${key}-${at}`,
        epoch: 1,
        salt: `experiment:${key}-${at}:variant`,
        assignment: 'platform',
        paused: false,
        ranges: [[point(at), point(at + 1)]],
        audience: {
          all: [
            { attribute: 'country', operator: 'in', value: countries },
            { attribute: 'plan', operator: 'not-equals', value: without },
            { any: [{ segment: 'staff' }, { segment: 'current' }] },
          ],
        },
        variants: arms.map((arm, index) => ({ ...arm, model: `${arm.key}@1`, control: index === 0 })),
        overrides: {},
      };
    }),
    rollout: null,
    holdout: null,
  };
}
