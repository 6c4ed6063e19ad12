/** What SDKs said they evaluated of one arm, and what was recorded as exposed, in the same stretch of time. */
export interface ToldAndShown {
  /** The arm; '' for the toggle as a whole. */
  readonly variant: string;
  readonly yes: number;
  readonly no: number;
  readonly exposures: number;
}

/** Answers of a toggle that are no arms: exposing them is not expected. */
const NO_ARMS: readonly string[] = ['', 'champion', 'holdout', 'disabled', 'other'];

/**
 * - `NEVER_EXPOSED` SDKs gave the arm and nobody was recorded as exposed to it: its outcomes count for nothing
 * - `UNKNOWN_ARM`   SDKs gave an arm that our rules do not have: they evaluate other rules, or old ones
 */
export type EvaluationFinding = 'NEVER_EXPOSED' | 'UNKNOWN_ARM';

export interface CheckedArm {
  readonly variant: string;
  readonly evaluations: number;
  /** Of all evaluations of arms; null where nothing was told or it is no arm. */
  readonly evaluatedShare: number | null;
  readonly exposures: number;
  readonly exposedShare: number | null;
  readonly finding: EvaluationFinding | null;
}

export interface EvaluationCheck {
  /** The toggle as a whole. */
  readonly yes: number;
  readonly no: number;
  readonly arms: readonly CheckedArm[];
}

/**
 * Holds what SDKs say they evaluated against what was exposed. Shares of the two differ where units are asked about
 * unequally often: they are shown, and nothing is tested, because evaluations are no units.
 */
export function checkEvaluations(rows: readonly ToldAndShown[]): EvaluationCheck {
  const whole = rows.find(({ variant }) => variant === '');
  const arms = rows.filter(({ variant }) => !NO_ARMS.includes(variant));
  const sum = (of: (row: ToldAndShown) => number): number => arms.reduce((total, row) => total + of(row), 0);
  const [evaluations, exposures] = [sum((row) => row.yes), sum((row) => row.exposures)];
  const share = (part: number, all: number, isArm: boolean): number | null =>
    isArm && all > 0 ? part / all : null;
  return {
    yes: whole?.yes ?? 0,
    no: whole?.no ?? 0,
    arms: rows
      .filter(({ variant }) => variant !== '')
      .sort((a, b) => (a.variant < b.variant ? -1 : 1))
      .map((row) => {
        const isArm = !NO_ARMS.includes(row.variant);
        return {
          variant: row.variant,
          evaluations: row.yes,
          evaluatedShare: share(row.yes, evaluations, isArm),
          exposures: row.exposures,
          exposedShare: share(row.exposures, exposures, isArm),
          finding: findingOf(row, isArm),
        };
      }),
  };
}

function findingOf({ variant, yes, exposures }: ToldAndShown, isArm: boolean): EvaluationFinding | null {
  if (yes === 0) return null;
  if (variant === 'other') return 'UNKNOWN_ARM';
  return isArm && exposures === 0 ? 'NEVER_EXPOSED' : null;
}
