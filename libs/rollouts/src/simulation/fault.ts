import type { Random } from '@app/simulation';
import type { Strike } from './strike.js';

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

/**
 * @param look at which what happens once happens
 * @param longest statements of the longest transaction; long ones are those that move, so that most strikes fall there
 */
export function drawFault(random: Random, look: number, longest: number): Fault {
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
