import type { ArmMoments } from '@app/stats';
import { streamOf } from '@app/simulation';
import { promotingMetrics } from '../domain/benefit.js';
import { DAY_SECONDS, type RampMetric, type RampPlan } from '../domain/ramp-plan.js';
import { RolloutError } from '../domain/rollout.errors.js';
import { type Played, playPlan, type TaskTruth } from './play-plan.js';
import { moved, type Population, populationOf } from './population.js';

/** What the task itself has shown: how many units come, and what those on the champion are like. */
export interface TaskHistory {
  readonly unitsPerDay: number;
  /** Moments of the champion's units, per metric. */
  readonly champion: Readonly<Record<string, ArmMoments>>;
}

export interface RehearsalOptions {
  /** Rollouts played per question. */
  readonly runs: number;
  readonly seed: number;
  /** Called after every run: whoever else has work to do gets a turn. */
  readonly pause?: () => Promise<void>;
}

/** How rollouts of the plan end when something is true. Shares of the runs; days and units of those that ended so. */
export interface Outcomes {
  readonly promoted: number;
  readonly rolledBack: number;
  readonly stopped: number;
  /** Still running after the plan's longest time, or stopped by it. */
  readonly undecided: number;
  /** Median days to the end, whatever it was. */
  readonly medianDays: number;
  /** Mean units that got the challenger before the end. */
  readonly challengerUnits: number;
}

/** What exactly this plan does on this task, by simulation with the ramp's own decisions. */
export interface Rehearsal {
  readonly runs: number;
  readonly seed: number;
  readonly unitsPerDay: number;
  /** A challenger that differs in nothing is rolled back. */
  readonly chanceOfFalseRollback: number;
  /** A challenger that gains what is worth having but loses exactly a metric's margin is promoted; of the metric where this is likeliest. */
  readonly chanceToShipHarm: number;
  /** A challenger that gains twice what is worth having is promoted, and in how many days. */
  readonly chanceToPromoteWinner: number;
  readonly medianDaysToPromoteWinner: number | null;
  /** Units that got a challenger which loses twice a metric's harm margin, before it was rolled back; of the worst metric. */
  readonly unitsExposedToHarm: number;
  readonly noDifference: Outcomes;
  readonly winner: Outcomes;
  readonly atMargin: Readonly<Record<string, Outcomes>>;
  readonly beyondHarm: Readonly<Record<string, Outcomes>>;
}

/** What a gain is taken to be where the plan names none worth having. */
const DEFAULT_GAIN = { value: 0.05, type: 'relative' } as const;

/**
 * Rehearses a plan on the task's own history before it begins.
 *
 * @throws RolloutError `REHEARSAL_NO_HISTORY` no units per day, or a metric of the plan without two measured units
 */
export async function rehearse(
  plan: RampPlan,
  history: TaskHistory,
  options: RehearsalOptions,
): Promise<Rehearsal> {
  const champion = championOf(plan, history);
  const ask = (name: string, truth: TaskTruth): Promise<Outcomes> =>
    play(plan, history, truth, name, options);
  const alike = truthOf(champion, (_, population) => population);
  const gains = (metric: RampMetric, population: Population, times: number): Population =>
    promotingMetrics(plan).includes(metric)
      ? moved(population, times === 1 ? gainOf(metric) : doubled(gainOf(metric)), 1, metric.direction)
      : population;
  const winner = await ask(
    'winner',
    truthOf(champion, (metric, population) => gains(metric, population, 2)),
  );
  const noDifference = await ask('no difference', alike);
  const atMargin: Record<string, Outcomes> = {};
  const beyondHarm: Record<string, Outcomes> = {};
  for (const losing of plan.metrics) {
    atMargin[losing.key] = await ask(
      `${losing.key} at its margin`,
      truthOf(champion, (metric, population) =>
        metric === losing
          ? moved(population, losing.margin, -1, losing.direction)
          : gains(metric, population, 2),
      ),
    );
    const harm = doubled(losing.harmMargin?.value ? losing.harmMargin : losing.margin);
    beyondHarm[losing.key] = await ask(
      `${losing.key} beyond harm`,
      truthOf(champion, (metric, population) =>
        metric === losing ? moved(population, harm, -1, losing.direction) : population,
      ),
    );
  }
  const largest = (of: Readonly<Record<string, Outcomes>>, what: keyof Outcomes): number =>
    Math.max(...Object.values(of).map((outcomes) => outcomes[what]));
  return {
    runs: options.runs,
    seed: options.seed,
    unitsPerDay: history.unitsPerDay,
    chanceOfFalseRollback: noDifference.rolledBack,
    chanceToShipHarm: largest(atMargin, 'promoted'),
    chanceToPromoteWinner: winner.promoted,
    medianDaysToPromoteWinner: winner.promoted > 0 ? winner.medianDays : null,
    unitsExposedToHarm: largest(beyondHarm, 'challengerUnits'),
    noDifference,
    winner,
    atMargin,
    beyondHarm,
  };
}

function championOf(plan: RampPlan, history: TaskHistory): ReadonlyArray<[RampMetric, Population]> {
  if (!(history.unitsPerDay > 0)) throw noHistory('no unit of the task was seen');
  return plan.metrics.map((metric) => {
    const moments = history.champion[metric.key];
    const population = moments ? populationOf(metric.kind, moments) : null;
    if (!population) throw noHistory(`${metric.key} was measured on fewer than two units of the champion`);
    return [metric, population];
  });
}

function noHistory(why: string): RolloutError {
  return new RolloutError(
    'REHEARSAL_NO_HISTORY',
    `There is nothing to rehearse on: ${why}. Let the experiment run for a while.`,
  );
}

function truthOf(
  champion: ReadonlyArray<[RampMetric, Population]>,
  challenger: (metric: RampMetric, population: Population) => Population,
): TaskTruth {
  return Object.fromEntries(
    champion.map(([metric, population]) => [
      metric.key,
      { champion: population, challenger: challenger(metric, population) },
    ]),
  );
}

function gainOf(metric: RampMetric): { value: number; type: 'relative' | 'absolute' } {
  return metric.mde ?? DEFAULT_GAIN;
}

function doubled<A extends { readonly value: number; readonly type: 'relative' | 'absolute' }>(amount: A): A {
  return { ...amount, value: 2 * amount.value };
}

async function play(
  plan: RampPlan,
  { unitsPerDay }: TaskHistory,
  truth: TaskTruth,
  name: string,
  { runs, seed, pause }: RehearsalOptions,
): Promise<Outcomes> {
  const pace = {
    unitsPerLook: Math.max(1, Math.round(unitsPerDay)),
    secondsPerLook: DAY_SECONDS,
    looks: Math.ceil(plan.maxRolloutDays) + 1,
  };
  const all: Played[] = [];
  for (let run = 0; run < runs; run += 1) {
    all.push(playPlan(plan, truth, pace, streamOf(seed, `rehearsal/${name}`, run)));
    await pause?.();
  }
  const share = (of: (one: Played) => boolean): number => all.filter(of).length / runs;
  const late = (one: Played): boolean => one.end === 'running' || one.days > plan.maxRolloutDays;
  const days = all.map((one) => one.days).sort((a, b) => a - b);
  return {
    promoted: share(({ end }) => end === 'promoted'),
    rolledBack: share(({ end }) => end === 'rolled-back'),
    stopped: share((one) => one.end === 'stopped-futile' && !late(one)),
    undecided: share((one) => late(one)),
    medianDays: days[Math.floor(runs / 2)]!,
    challengerUnits: Math.round(all.reduce((sum, one) => sum + one.challengerUnits, 0) / runs),
  };
}
