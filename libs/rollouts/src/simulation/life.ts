import type { Random } from '@app/simulation';
import { DAY_SECONDS, type FreezeWindow, type RampTemplate } from '../domain/ramp-plan.js';
import type { StageInput } from '../domain/resolve-plan.js';
import type { Arrivals, Rates } from './simulated-traffic.js';
import { ACTIONS, drawFault, type Fault } from './fault.js';

/** Where time begins in simulated lives. */
export const DAWN = Date.parse('2026-01-05T00:00:00.000Z');

/** What is true of the challenger. */
export const TRUTHS = ['better', 'same', 'worse', 'broken', 'breaks later'] as const;
export type Truth = (typeof TRUTHS)[number];

/** What a person comes by for, beside what steps are about: the kill switch, for two looks, and the same promotion again. */
export const ERRANDS = [...ACTIONS, 'switch off', 'promote'] as const;
export type Errand = (typeof ERRANDS)[number];

/** What the receiver of notices does: it answers, it falters now and then, or one day it is gone. */
export const RECEIVERS = ['answers', 'falters', 'goes'] as const;
export type Receiver = (typeof RECEIVERS)[number];

/** A rollout's life before it is lived: everything that is drawn of its plan, its traffic and its fault. */
export interface Life {
  readonly truth: Truth;
  readonly fault: Fault;
  /** An emergency is moved by people, and so is whatever is done dry. */
  readonly template: RampTemplate;
  readonly dryRun: boolean;
  readonly stages: readonly StageInput[];
  readonly freezeWindows: readonly FreezeWindow[];
  readonly plannedUnits: number;
  /** The experiment said SHIP at this share; null: it begins at the first stage. */
  readonly shippedAt: number | null;
  readonly unitsPerLook: number;
  readonly secondsPerLook: number;
  readonly looks: number;
  /** The look from which a challenger that breaks later is broken. */
  readonly breaksAt: number;
  /** Two looks before which nobody comes, as at night; null: always somebody. */
  readonly quietAt: number | null;
  /** What a person does after a look, as people do; null: nobody comes. */
  readonly visit: { readonly look: number; readonly action: Errand } | null;
  readonly receiver: Receiver;
  /** Once it is over the same is promoted again: at once, and when the cool-down has passed. */
  readonly again: boolean;
}

const CHAMPION: Rates = { quality: 0.7, errors: 0.03 };
const CHALLENGERS: Readonly<Record<Truth, Rates>> = {
  better: { quality: 0.8, errors: 0.03 },
  same: CHAMPION,
  worse: { quality: 0.6, errors: 0.03 },
  broken: { quality: 0.6, errors: 0.25 },
  'breaks later': { quality: 0.8, errors: 0.03 },
};

const RAMPS: ReadonlyArray<readonly number[]> = [
  [0.05, 0.25, 0.5],
  [0.1, 0.5],
  [0.01, 0.05, 0.25, 0.5],
  [0.25, 0.5],
  [0.5],
];

/** @param longest statements of the longest transaction */
export function drawLife(random: Random, longest: number): Life {
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;
  const truth = pick(['better', 'better', ...TRUTHS] as const);
  const look = 1 + random.below(10);
  const approvals = random.uniform() < 0.25;
  const stages = pick(RAMPS).map((share, index) => ({
    share,
    bakeSeconds: pick([0, 3600, DAY_SECONDS]),
    minUnits: pick([20, 100]),
    requiresApproval: approvals && index > 0 && random.uniform() < 0.5,
  }));
  const shadow: readonly StageInput[] =
    random.uniform() < 0.2
      ? [{ kind: 'shadow', share: 0, bakeSeconds: pick([0, DAY_SECONDS]), minUnits: pick([200, 600]) }]
      : [];
  const byPeople = random.uniform();
  const template: RampTemplate = byPeople < 0.06 ? 'emergency' : 'quality-up';
  const frozen = DAWN + (2 + random.below(4)) * DAY_SECONDS * 1000;
  return {
    truth,
    fault: drawFault(random, look, longest),
    template,
    dryRun: byPeople >= 0.06 && byPeople < 0.12,
    stages: [
      ...(template === 'emergency' ? [] : shadow),
      ...stages,
      ...(approvals ? [{ share: 1, requiresApproval: true }] : []),
    ],
    freezeWindows:
      random.uniform() < 0.15
        ? [
            {
              from: new Date(frozen).toISOString(),
              to: new Date(frozen + 2 * DAY_SECONDS * 1000).toISOString(),
              reason: 'release',
            },
          ]
        : [],
    plannedUnits: pick([2_000, 5_000]),
    shippedAt: random.uniform() < 0.3 ? pick([0.05, 0.25, 0.5]) : null,
    unitsPerLook: pick([2_000, 10_000, 40_000]),
    secondsPerLook: pick([DAY_SECONDS, DAY_SECONDS, DAY_SECONDS / 2]),
    looks: 16,
    breaksAt: 2 + random.below(8),
    quietAt: random.uniform() < 0.2 ? 2 + random.below(8) : null,
    visit: random.uniform() < 0.4 ? { look: 1 + random.below(10), action: pick(ERRANDS) } : null,
    receiver: pick(['answers', 'answers', 'answers', ...RECEIVERS] as const),
    again: random.uniform() < 0.2,
  };
}

/** What comes in before a look, counted from 1. */
export function arrivalsOf({ truth, fault, unitsPerLook, breaksAt, quietAt }: Life, look: number): Arrivals {
  const quiet = quietAt !== null && (look === quietAt || look === quietAt + 1);
  const silent =
    quiet || (fault.kind === 'no traffic' && look >= fault.look && look < fault.look + fault.looks);
  const broken = truth === 'breaks later' && look >= breaksAt;
  return {
    units: silent ? 0 : unitsPerLook,
    champion: CHAMPION,
    challenger: CHALLENGERS[broken ? 'broken' : truth],
    lostExposures: fault.kind === 'lost exposures' ? fault.share : 0,
    lostScores: fault.kind === 'lost scores' ? fault.share : 0,
  };
}
