import type { Random } from '@app/simulation';
import { DAY_SECONDS, type FreezeWindow } from '../domain/ramp-plan.js';
import type { StageInput } from '../domain/resolve-plan.js';
import type { Arrivals, Rates } from './simulated-traffic.js';
import type { Strike } from './statements.js';

/** Where time begins in simulated lives. */
export const DAWN = Date.parse('2026-01-05T00:00:00.000Z');

/** What is true of the challenger. */
export const TRUTHS = ['better', 'same', 'worse', 'broken', 'breaks later'] as const;
export type Truth = (typeof TRUTHS)[number];

/** What people do at the moment of a step. */
export const ACTIONS = ['hold', 'rollback', 'advance', 'approve'] as const;
export type Action = (typeof ACTIONS)[number];

/** The one thing that goes wrong in a life. */
export type Fault =
  | { readonly kind: 'none' }
  /** A process dies before a statement of a transaction, or right after its commit; another one takes over at once. */
  | ({ readonly kind: 'crash' } & Strike)
  /** The store or the notifier refuses a statement; the same process tries again at its next look. */
  | ({ readonly kind: 'refusal' } & Strike)
  /** Every step of a look is done again: the job was not known to be done. */
  | { readonly kind: 'replayed job'; readonly look: number }
  | { readonly kind: 'two workers'; readonly look: number }
  | { readonly kind: 'person at once'; readonly look: number; readonly action: Action }
  /** A worker's clock is off for one look. */
  | { readonly kind: 'clock jump'; readonly look: number; readonly days: number }
  /** A person holds and lets go by a clock that is ahead: until then no evidence is newer than that decision. */
  | { readonly kind: 'person ahead'; readonly look: number; readonly days: number }
  | { readonly kind: 'no traffic'; readonly look: number; readonly looks: number }
  | { readonly kind: 'lost exposures'; readonly share: number }
  | { readonly kind: 'lost scores'; readonly share: number }
  | { readonly kind: 'late evidence'; readonly look: number; readonly looks: number }
  /** Workers are a look behind in counting, and the platform knows that events wait. */
  | { readonly kind: 'counting behind'; readonly look: number; readonly looks: number }
  | { readonly kind: 'another champion'; readonly look: number };

export type FaultKind = Fault['kind'];
export const FAULT_KINDS: readonly FaultKind[] = [
  'none',
  'crash',
  'refusal',
  'replayed job',
  'two workers',
  'person at once',
  'clock jump',
  'person ahead',
  'no traffic',
  'lost exposures',
  'lost scores',
  'late evidence',
  'counting behind',
  'another champion',
];

/** A rollout's life before it is lived: everything that is drawn of its plan, its traffic and its fault. */
export interface Life {
  readonly truth: Truth;
  readonly fault: Fault;
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
  readonly visit: { readonly look: number; readonly action: Action } | null;
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

/**
 * @param longest statements of the longest transaction; long ones are those that move, so that most strikes fall there
 */
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
  const frozen = DAWN + (2 + random.below(4)) * DAY_SECONDS * 1000;
  return {
    truth,
    fault: drawFault(random, look, longest),
    stages: [...shadow, ...stages, ...(approvals ? [{ share: 1, requiresApproval: true }] : [])],
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
    visit: random.uniform() < 0.4 ? { look: 1 + random.below(10), action: pick(ACTIONS) } : null,
  };
}

function drawFault(random: Random, look: number, longest: number): Fault {
  // Late statements of late transactions too: a promotion comes after a week of looks that pass the same numbers.
  const strike = (): Strike => ({
    statement: 1 + random.below(longest),
    passes: Math.floor(16 * random.uniform() ** 3),
  });
  // Half of all lives meet a strike: there are many statements to meet it at.
  const kind = random.uniform() < 0.5 ? 'crash' : FAULT_KINDS[random.below(FAULT_KINDS.length)]!;
  switch (kind) {
    case 'none':
      return { kind };
    case 'crash':
    case 'refusal':
      return { kind, ...strike() };
    case 'replayed job':
    case 'two workers':
    case 'another champion':
      return { kind, look };
    case 'person at once':
      return { kind, look, action: ACTIONS[random.below(ACTIONS.length)]! };
    case 'clock jump':
      return { kind, look, days: [-400, -3, -0.2, 0.7, 1.5, 10, 400][random.below(7)]! };
    case 'person ahead':
      return { kind, look, days: [0.7, 2.5][random.below(2)]! };
    case 'no traffic':
    case 'late evidence':
    case 'counting behind':
      return { kind, look, looks: 1 + random.below(4) };
    case 'lost exposures':
    case 'lost scores':
      return { kind, share: [0.1, 0.3][random.below(2)]! };
  }
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
