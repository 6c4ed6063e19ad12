import type { MeasuredMetric, SubjectEvidence } from '@app/metrics';
import type { MetricDefinition } from '@app/registry';
import {
  type BenefitResult,
  type Contrast,
  coverageDiffers,
  type EpochMoments,
  ESTIMATOR_VERSION,
  evaluateBenefit,
  type IntegrityReport,
  integrityReport,
  type Interval,
  liftInterval,
  liftOf,
  type MetricPlan,
  type Reason,
  tuneTwoSided,
} from '@app/stats';
import { effectWords, verdictWords } from './holdout-words.js';

/** Two-sided level over all metrics of a holdout together (Holm), however often somebody looks. */
export const HOLDOUT_ALPHA = 0.05;

/** What a metric came to. A metric without a good direction is `higher` or `lower`. */
export type HoldoutOutcome = 'better' | 'worse' | 'higher' | 'lower' | 'undecided' | 'insufficient';

/**
 * - `INVALID`    the two groups cannot be compared
 * - `BETTER`     something is proven better and nothing worse
 * - `WORSE`      something is proven worse and nothing better
 * - `MIXED`      something is proven better and something else worse
 * - `UNDECIDED`  nothing is proven
 * - `UNMEASURED` it has no metric
 */
export type HoldoutVerdict = 'INVALID' | 'BETTER' | 'WORSE' | 'MIXED' | 'UNDECIDED' | 'UNMEASURED';

/** Units that got every change against units that got none, on one metric. */
export interface HoldoutEffect {
  readonly metric: string;
  readonly version: number;
  readonly direction: MetricPlan['direction'];
  /** Units with a value, and the value of the arm; null where it has none. */
  readonly held: { readonly units: number; readonly value: number | null };
  readonly open: { readonly units: number; readonly value: number | null };
  /** Open less held, in the metric's own unit. */
  readonly difference: number | null;
  readonly lift: number | null;
  /** Always valid, at `level`. */
  readonly interval: Interval | null;
  readonly liftInterval: Interval | null;
  /** Level of the metric's Holm step: all intervals together hold at 95 %. */
  readonly level: number;
  readonly adjustedP: number | null;
  readonly outcome: HoldoutOutcome;
  readonly words: string;
}

export interface HoldoutResult {
  readonly asOf: string;
  readonly estimatorVersion: string;
  readonly verdict: HoldoutVerdict;
  readonly words: string;
  readonly units: { readonly held: number; readonly open: number };
  readonly fullDays: number;
  readonly integrity: Pick<IntegrityReport, 'srmSequential' | 'crossing' | 'valid' | 'reasons'>;
  readonly effects: readonly HoldoutEffect[];
}

/**
 * What all changes of a holdout's time brought together: units that take part in everything (`open`) against as many that
 * are kept on the champions of its beginning (`held`).
 *
 * Pure. Intervals and p-values hold at every look; the tuning is frozen with the holdout. The metrics are one family: one
 * more makes the others a little less sure.
 *
 * @param plannedUnits units of both arms at which the intervals are narrowest
 */
export function measureHoldout(
  { key, plannedUnits }: { readonly key: string; readonly plannedUnits: number },
  definitions: readonly MetricDefinition[],
  evidence: SubjectEvidence,
): HoldoutResult {
  const measured = new Map(evidence.metrics.map((metric) => [metric.metricId, metric]));
  const family = definitions.map((definition) => ({
    definition,
    metric: planOf(definition),
    control: epochsOf(measured.get(definition.id), 'held'),
    treatment: epochsOf(measured.get(definition.id), 'open'),
    nStar: plannedUnits,
  }));
  const units = { held: unitsOf(evidence, 'held'), open: unitsOf(evidence, 'open') };
  const integrity = integrityReport({
    epochs: evidence.epochs,
    crossing: evidence.crossing,
    previousSrmP: 1,
  });
  const reasons = [
    ...integrity.reasons,
    ...family.flatMap(({ definition }) =>
      coverageReasons(definition, measured.get(definition.id), units, plannedUnits),
    ),
  ];
  const effects = evaluateBenefit(family, HOLDOUT_ALPHA).map((result, index) =>
    effectOf(family[index]!.definition, result, plannedUnits),
  );
  const verdict = verdictOf(reasons, effects);
  return {
    asOf: evidence.asOf.toISOString(),
    estimatorVersion: ESTIMATOR_VERSION,
    verdict,
    words: verdictWords(key, verdict, effects),
    units,
    fullDays: evidence.fullDays,
    integrity: {
      srmSequential: integrity.srmSequential,
      crossing: integrity.crossing,
      valid: reasons.length === 0,
      reasons,
    },
    effects,
  };
}

function planOf({ key, kind, direction, bounds }: MetricDefinition): MetricPlan {
  return { key, role: 'success', kind, direction, ...(bounds && { bounds }) };
}

function epochsOf(metric: MeasuredMetric | undefined, arm: 'held' | 'open'): EpochMoments[] {
  return (metric?.epochs ?? []).flatMap(({ number, arms }) =>
    arms[arm] ? [{ number, moments: arms[arm] }] : [],
  );
}

function unitsOf({ epochs }: SubjectEvidence, arm: 'held' | 'open'): number {
  return epochs.reduce((sum, epoch) => sum + (epoch.units[arm] ?? 0), 0);
}

/** Values that are missing more often in one arm are a selection that no estimate survives. */
function coverageReasons(
  { key }: MetricDefinition,
  metric: MeasuredMetric | undefined,
  units: HoldoutResult['units'],
  plannedUnits: number,
): Reason[] {
  const counts = (arm: 'held' | 'open') => ({
    covered: epochsOf(metric, arm).reduce((sum, { moments }) => sum + moments.n, 0),
    closed: units[arm] - (metric?.openUnits[arm] ?? 0),
  });
  if (!coverageDiffers(counts('held'), counts('open'), plannedUnits)) return [];
  return [
    {
      code: 'COVERAGE',
      metric: key,
      message: `${key} is missing more often in one group than in the other: the units that remain cannot be compared. Find out where the values are lost.`,
    },
  ];
}

function effectOf(definition: MetricDefinition, result: BenefitResult, plannedUnits: number): HoldoutEffect {
  const contrast = result.contrast.kind === 'contrast' ? result.contrast : null;
  const lift = contrast && liftOf(contrast);
  const effect = {
    metric: definition.key,
    version: definition.version,
    direction: definition.direction,
    held: sideOf(contrast?.control),
    open: sideOf(contrast?.treatment),
    difference: contrast?.difference ?? null,
    lift: lift?.lift ?? null,
    interval: result.missing === null ? result.interval : null,
    liftInterval:
      contrast && result.missing === null
        ? liftInterval(contrast, tuneTwoSided(HOLDOUT_ALPHA, plannedUnits), result.level, lift)
        : null,
    level: result.level,
    adjustedP: result.adjustedP,
    outcome: outcomeOf(definition, result),
  };
  return { ...effect, words: effectWords(effect, result.missing) };
}

const sideOf = (side: Contrast['control'] | undefined): HoldoutEffect['held'] => ({
  units: side?.pooled.n ?? 0,
  value: side?.value ?? null,
});

function outcomeOf({ direction }: MetricDefinition, result: BenefitResult): HoldoutOutcome {
  if (result.missing !== null || result.contrast.kind !== 'contrast') return 'insufficient';
  if (!result.better && !result.worse) return 'undecided';
  if (direction === 'none') return result.contrast.difference > 0 ? 'higher' : 'lower';
  return result.better ? 'better' : 'worse';
}

function verdictOf(reasons: readonly Reason[], effects: readonly HoldoutEffect[]): HoldoutVerdict {
  if (effects.length === 0) return 'UNMEASURED';
  if (reasons.length > 0) return 'INVALID';
  const better = effects.some(({ outcome }) => outcome === 'better');
  const worse = effects.some(({ outcome }) => outcome === 'worse');
  if (better && worse) return 'MIXED';
  return better ? 'BETTER' : worse ? 'WORSE' : 'UNDECIDED';
}
