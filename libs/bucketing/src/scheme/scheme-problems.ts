import { growthbookCondition } from '../payloads/growthbook-condition.js';
import { unleashAlternatives } from '../payloads/unleash-constraints.js';
import { HASH_SPACE, sizeOf } from '../ranges/hash-range.js';
import { rolloutRanges, splitByWeight } from '../ranges/boundaries.js';
import type {
  HashScheme,
  RulesetExperiment,
  RulesetHoldout,
  RulesetRollout,
  RulesetTask,
} from '../ruleset.js';
import type { Condition } from '../targeting/condition.js';
import { conditionProblem } from '../targeting/condition-problem.js';
import { segmentProblem, type Segments } from '../targeting/segments.js';

/** As much of a task as decides whether its scheme can say it; a `RulesetTask` is one. */
export interface SchemeTask extends Pick<RulesetTask, 'hashScheme'> {
  readonly experiments: readonly Pick<
    RulesetExperiment,
    'key' | 'ranges' | 'variants' | 'audience' | 'prerequisites' | 'overrides'
  >[];
  readonly rollout: Pick<RulesetRollout, 'key' | 'share' | 'controlShare' | 'audience' | 'carried'> | null;
  readonly holdout: Pick<RulesetHoldout, 'key' | 'share'> | null;
}

/** Something that the SDKs of a hash scheme could not evaluate as we do. Refused at start: `SCHEME_CANNOT_EXPRESS`. */
export interface SchemeProblem {
  readonly rule: 'experiment' | 'rollout' | 'holdout';
  readonly key: string;
  /** A sentence without its subject: "its traffic share 12.5 % is not …". */
  readonly message: string;
}

/** Steps in which a scheme can place boundaries. */
interface Steps {
  readonly share: number;
  readonly variants: number;
  readonly holdout: number;
}

const STEPS: Readonly<Record<Exclude<HashScheme, 'native-v1'>, Steps>> = {
  unleash: { share: 100, variants: 1000, holdout: 100 },
  'growthbook-v2': { share: 10_000, variants: 10_000, holdout: 10_000 },
};

/**
 * What a task's hash scheme cannot say, so that an SDK evaluating on its own would give a unit another arm. `native-v1`
 * says everything.
 *
 * - `unleash`: one experiment; shares and holdouts in whole per cent, weights and rollouts in thousandths; no
 *   prerequisites, no carried units, no moments, at most 32 alternatives of an audience
 * - `growthbook-v2`: everything in steps of 0.01 %; no prerequisites (its SDKs would expose the other task), no regular
 *   expressions, no moments
 *
 * Whether conditions are sound is not asked here: one that is not is passed over.
 */
export function schemeProblems(task: SchemeTask, segments: Segments = {}): SchemeProblem[] {
  if (task.hashScheme === 'native-v1') return [];
  const problems: SchemeProblem[] = [];
  const scheme = task.hashScheme;
  const steps = STEPS[scheme];
  const drawing = task.experiments.filter((one) => sizeOf(one.ranges) > 0);
  for (const experiment of task.experiments) {
    const add = (message: string | null): void => {
      if (message !== null) problems.push({ rule: 'experiment', key: experiment.key, message });
    };
    if (scheme === 'unleash') add(blanksProblem(Object.keys(experiment.overrides)));
    if (!drawing.includes(experiment)) continue;
    const [first] = drawing;
    if (scheme === 'unleash' && experiment !== first) {
      add(`the task runs "${first!.key}" already, and under this scheme it can run one experiment`);
    }
    add(shareProblem(experiment, scheme, steps.share));
    add(weightsProblem(experiment, steps.variants));
    if (experiment.prerequisites?.length) {
      add('it has prerequisites, which SDKs of this scheme cannot ask without exposing the other task');
    }
    add(audienceProblem(experiment.audience, segments, scheme));
  }
  const { rollout, holdout } = task;
  if (rollout) {
    const add = (message: string | null): void => {
      if (message !== null) problems.push({ rule: 'rollout', key: rollout.key, message });
    };
    const { challenger, control } = rolloutRanges(rollout.share, rollout.controlShare);
    if (!onSteps([...challenger, ...control], steps.variants)) {
      add(`its share ${percent(rollout.share)} is not a multiple of ${percent(1 / steps.variants)}`);
    }
    if (rollout.carried && scheme === 'unleash')
      add("it keeps the winner's units, which needs a second hash");
    add(audienceProblem(rollout.audience, segments, scheme));
  }
  if (holdout && !onSteps([holdout.share * HASH_SPACE], steps.holdout)) {
    const message = `its share ${percent(holdout.share)} is not a multiple of ${percent(1 / steps.holdout)}`;
    problems.push({ rule: 'holdout', key: holdout.key, message });
  }
  return problems;
}

function shareProblem(
  { ranges }: Pick<RulesetExperiment, 'ranges'>,
  scheme: HashScheme,
  steps: number,
): string | null {
  // Under unleash only how much counts; under growthbook-v2 also where, because experiments share one space.
  const points = scheme === 'unleash' ? [sizeOf(ranges)] : ranges.flat();
  if (onSteps(points, steps)) return null;
  return `its traffic share ${percent(sizeOf(ranges) / HASH_SPACE)} is not in steps of ${percent(1 / steps)}`;
}

function weightsProblem({ variants }: Pick<RulesetExperiment, 'variants'>, steps: number): string | null {
  const weights = variants.map((variant) => variant.weight);
  const ends = variants.every((variant) => variant.ranges)
    ? variants.flatMap((variant) => variant.ranges!.flat())
    : splitByWeight(weights).flat();
  if (onSteps(ends, steps)) return null;
  return `its weights ${weights.join(' : ')} are not in steps of ${percent(1 / steps)}; give them in ${steps}ths`;
}

function audienceProblem(
  audience: Condition | null,
  segments: Segments,
  scheme: Exclude<HashScheme, 'native-v1'>,
): string | null {
  if (audience === null) return null;
  if (conditionProblem(audience) !== null || segmentProblem(audience, segments) !== null) return null;
  const translate = scheme === 'unleash' ? unleashAlternatives : growthbookCondition;
  const { problem } = translate(audience, segments);
  return problem && `its audience cannot be said: ${problem}`;
}

function blanksProblem(units: readonly string[]): string | null {
  const unit = units.find((one) => one.trim() !== one);
  return unit === undefined
    ? null
    : `the overridden unit "${unit}" has blanks around it, which Unleash's clients cut off`;
}

/** Boundaries that edits have moved are off by a position or two each time; this many are half a millionth of traffic. */
const TOLERANCE = 2048;

const onSteps = (positions: readonly number[], steps: number): boolean =>
  positions.every((position) => {
    const nearest = (Math.round((position / HASH_SPACE) * steps) / steps) * HASH_SPACE;
    return Math.abs(position - nearest) <= TOLERANCE;
  });

const percent = (share: number): string => `${Number((share * 100).toPrecision(4))} %`;
