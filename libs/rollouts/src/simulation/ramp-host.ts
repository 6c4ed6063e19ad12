import type { ManualClock } from '@app/kernel';
import type { Random } from '@app/simulation';
import type { Rollout } from '../domain/rollout.js';
import type { PromotionCandidate } from '../ports/promotion-source.js';
import type { PromotionService } from '../promotion.service.js';
import type { RolloutController } from '../rollout-controller.service.js';
import type { RolloutService } from '../rollout.service.js';
import { ERRORS, QUALITY } from '../testing/rollout.builder.js';
import { DAWN, type Life } from './life.js';
import type { LifeLog } from './life-log.js';
import type { SimulatedTraffic } from './simulated-traffic.js';
import { type StatementView, Struck } from './statements.js';
import type { Aim } from './strike.js';

/** A world in which one rollout lives: the real services over some store, and what a life does to them. */
export interface RampHost {
  readonly statements: StatementView;
  /** Two processes over the same store. */
  readonly workers: readonly [RolloutController, RolloutController];
  readonly people: RolloutService;
  readonly promotions: PromotionService;
  /** The clock of the people. */
  readonly clock: ManualClock;
  /** Lets actors act at the same time. */
  atOnce(
    random: Random,
    actors: ReadonlyArray<() => Promise<unknown>>,
  ): Promise<Array<PromiseSettledResult<unknown>>>;
  /** From now on this traffic is what the platform has counted. */
  reveal(rollout: Rollout, traffic: SimulatedTraffic): Promise<void>;
  /** Epoch and share of the newest ruleset; null when it has no rollout. */
  served(): Promise<{ readonly epoch: number; readonly share: number } | null>;
  current(id: string): Promise<Rollout>;
  /** The kill switch of the task. */
  switchTask(enabled: boolean): Promise<void>;
  /** A worker's round of telling receivers of what is announced, at an instant; false when nothing was due. */
  deliver(at: Date): Promise<boolean>;
  /** Somebody makes a third model the champion. */
  crownAnother(): Promise<void>;
  log(id: string): Promise<LifeLog>;
  /** Whether an error is the strike's, where it shows as something else than itself. */
  isStrike?(error: unknown): boolean;
}

/** What is played: a life, where and under which name, and where its strike falls, if it has one. */
export interface Script {
  readonly life: Life;
  /** Of the experiment and the rollout; nothing else has it. */
  readonly key: string;
  readonly aim: Aim | null;
}

/** Whether an error is the strike's. */
export function isStrike(host: RampHost, error: unknown): boolean {
  return error instanceof Struck || host.isStrike?.(error) === true;
}

/** Whether what the strike fell on was done all the same. */
export function wasCommitted({ statements }: RampHost): boolean {
  return statements.struckAt!.endsWith('committed');
}

/** Who takes part, by id. */
export interface Cast {
  readonly championId: string;
  readonly challengerId: string;
  readonly metricIds: readonly string[];
}

/** What a life says of the experiment that it begins with. */
export function candidateOf(life: Life, key: string, task: string, cast: Cast): PromotionCandidate {
  return {
    // Rollouts of lives have no experiment: nothing of it is needed but what stands here.
    experimentId: null as unknown as string,
    experimentKey: key,
    task,
    environment: 'production',
    template: life.template,
    state: 'concluded',
    decision: 'ship',
    hashScheme: 'native-v1',
    plannedUnits: life.plannedUnits,
    minDays: 7,
    metrics: [QUALITY, ERRORS],
    metricIds: cast.metricIds,
    variant: 'b',
    challengerId: cast.challengerId,
    challengerShare: life.shippedAt ?? 0,
    trafficShare: 1,
    controlVariant: 'a',
    controlModelId: cast.championId,
    championId: cast.championId,
    audienceLimited: false,
    look: life.shippedAt === null ? null : shippedLook(),
  };
}

function shippedLook(): PromotionCandidate['look'] {
  return {
    id: 'look-9',
    resultDigest: 'digest',
    at: new Date(DAWN - 3_600_000),
    verdict: 'SHIP',
    words: 'b is better.',
    controlMeans: {},
  };
}
