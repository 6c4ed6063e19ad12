import { EMPTY_MOMENTS, mergeMoments, type Moments } from '../accumulators/moments.js';
import { studentTIsf } from '../distributions/student-t.js';
import { welchDf } from '../means/two-means.js';
import { inRange, requireAlpha, requireDomain, requireFinite } from '../stats-error.js';
import { requireBatches, type BanditBatch } from './bandit-batch.js';

/** How batches are weighed, and the level. */
export interface AipwOptions {
  /**
   * 'uniform': every unit alike, unbiased, but with tails where propensities get small. 'stabilised': by √propensity,
   * so that each unit adds about as much variance; near normal under adaptive assignment, with a bias that vanishes.
   * Default 'stabilised'.
   */
  readonly weights?: 'uniform' | 'stabilised';
  /** Two-sided. Default 0.05. */
  readonly alpha?: number;
  /** A guess of an arm's mean, used only for a unit before which the arm had none. Default 0. */
  readonly guess?: number;
}

/** An estimate from bandit data. */
export interface AipwEstimate {
  readonly estimate: number;
  readonly se: number;
  /** Units of all arms. */
  readonly n: number;
  /** Of the interval's t: the effective number of the arm's units − 1, whose rewards alone tell the variance. */
  readonly df: number;
  readonly ci: readonly [number, number];
}

/**
 * Mean reward of one arm from adaptively assigned units, by augmented inverse-propensity weighting.
 *
 * Scores Γ = m + 1{arm drawn}(y − m)/e with the logged propensity e and a guess m of the arm's mean from earlier batches
 * (in the arm's first batch: from the batch's other units); their weighted mean Σ h Γ / Σ h has variance
 * Σ h² (Γ − estimate)² / (Σ h)². The plain mean of the arm would be biased: an arm that began badly is drawn less.
 *
 * Assumes propensities that were truly used and depend on the past only, independent units, rewards that do not drift.
 * The interval is asymptotic (many units, floors on the propensities) and for one look at an end that does not depend on
 * the data; it is not always-valid.
 * Simulated at 95 % with two equal rates of 0.3, eight batches and a floor of 5 %: means 0.937, difference 0.936 with 200
 * units a batch; 0.940 and 0.930 with 60, where an arm at its floor has three units.
 *
 * @param batches in the order of time; @param arm index into their arms
 * @returns null when undefined: the arm was drawn less than twice, or its scores do not vary
 * @throws StatsError `STATS_SHAPE` batches with different arms; `STATS_DOMAIN` a propensity of 0, propensities that do not
 *   sum to 1, an arm that is none, moments or options outside their domains, figures beyond doubles
 * @see Hadad, Hirshberg, Zhan, Wager, Athey (2021), Confidence intervals for policy evaluation in adaptive experiments,
 *   PNAS 118, doi:10.1073/pnas.2014602118, arXiv:1911.02768
 */
export function aipwMean(
  batches: readonly BanditBatch[],
  arm: number,
  options: AipwOptions = {},
): AipwEstimate | null {
  const scored = scoresOf(batches, arm, options);
  if (!scored) return null;
  const df = scored.effective - 1;
  return result(scored.estimate, centredProduct(scored, scored), { n: scored.n, df }, options);
}

/**
 * Difference of two arms' mean rewards, treatment − control, each as by `aipwMean`, with the covariance of their scores
 * and Welch's degrees of freedom.
 *
 * Assumptions and options as `aipwMean`.
 *
 * @returns null when undefined: an arm was drawn less than twice, or there is no variance
 * @throws StatsError as `aipwMean`; `STATS_DOMAIN` an arm compared with itself
 */
export function aipwDifference(
  batches: readonly BanditBatch[],
  { control, treatment }: { readonly control: number; readonly treatment: number },
  options: AipwOptions = {},
): AipwEstimate | null {
  requireDomain(control !== treatment, 'treatment', treatment, 'another arm than the control');
  const c = scoresOf(batches, control, options);
  const t = scoresOf(batches, treatment, options);
  if (!c || !t) return null;
  const [vc, vt] = [centredProduct(c, c), centredProduct(t, t)];
  if (!(vc + vt > 0)) return null;
  const df = welchDf(vc, c.effective, vt, t.effective);
  return result(t.estimate - c.estimate, vc + vt - 2 * centredProduct(c, t), { n: c.n, df }, options);
}

/** The scores of one arm in one batch: one value for units of other arms, and those of its own units. */
interface BatchScores {
  readonly weight: number;
  readonly others: number;
  readonly own: Moments;
  readonly units: number;
}

interface ArmScores {
  readonly arm: number;
  readonly estimate: number;
  readonly totalWeight: number;
  readonly n: number;
  /** Kish's effective number of the arm's own units, at least 2. */
  readonly effective: number;
  readonly batches: readonly BatchScores[];
}

function scoresOf(batches: readonly BanditBatch[], arm: number, options: AipwOptions): ArmScores | null {
  const { weights = 'stabilised', guess = 0 } = options;
  requireDomain(
    weights === 'uniform' || weights === 'stabilised',
    'weights',
    weights,
    'uniform or stabilised',
  );
  requireFinite(guess, 'guess');
  requireAlpha(options.alpha ?? 0.05);
  requireBatches(batches);
  const k = batches[0]?.arms.length ?? 0;
  requireDomain(Number.isInteger(arm) && arm >= 0 && arm < k, 'arm', arm, 'one of', k);
  let seen = EMPTY_MOMENTS;
  let [total, totalWeight, n, own, ownSquares] = [0, 0, 0, 0, 0];
  const scores = batches.map(({ propensities, arms }) => {
    const e = propensities[arm]!;
    const units = arms.reduce((sum, moments) => sum + moments.n, 0);
    const weight = weights === 'uniform' ? 1 : Math.sqrt(e);
    const batch = { weight, units, ...batchScores(arms[arm]!, e, seen, guess) };
    seen = mergeMoments(seen, arms[arm]!);
    total += weight * (batch.own.n * batch.own.mean + (units - batch.own.n) * batch.others);
    totalWeight += weight * units;
    n += units;
    own += batch.own.n * (weight / e);
    ownSquares += batch.own.n * (weight / e) ** 2;
    return batch;
  });
  if (seen.n < 2) return null;
  const effective = Math.max(2, own * (own / ownSquares));
  const estimate = inRange(total / totalWeight, 'estimate');
  return { arm, estimate, totalWeight, n, effective, batches: scores };
}

function batchScores(
  own: Moments,
  e: number,
  seen: Moments,
  guess: number,
): { others: number; own: Moments } {
  const augmented = (m: number): Moments => ({ n: own.n, mean: m + (own.mean - m) / e, m2: own.m2 / e / e });
  if (seen.n > 0) return { others: seen.mean, own: augmented(seen.mean) };
  if (own.n === 0) return { others: guess, own };
  if (own.n < 2) return { others: own.mean, own: augmented(guess) };
  // m is the mean of the batch's other units of the arm: for an own unit that is the batch's mean without it.
  const factor = (own.n / e - 1) / (own.n - 1);
  return { others: own.mean, own: { ...own, m2: own.m2 * factor * factor } };
}

/** Σ h_a h_b (Γ_a − estimate_a)(Γ_b − estimate_b) / (Σ h_a Σ h_b), over all units. */
function centredProduct(a: ArmScores, b: ArmScores): number {
  return a.batches.reduce((sum, x, i) => {
    const y = b.batches[i]!;
    const [ownA, ownB] = [x.own.mean - a.estimate, y.own.mean - b.estimate];
    const [othersA, othersB] = [x.others - a.estimate, y.others - b.estimate];
    const products =
      a.arm === b.arm
        ? x.own.n * ownA * ownB + x.own.m2 + (x.units - x.own.n) * othersA * othersB
        : x.own.n * ownA * othersB +
          y.own.n * othersA * ownB +
          (x.units - x.own.n - y.own.n) * othersA * othersB;
    return sum + (x.weight / a.totalWeight) * (y.weight / b.totalWeight) * products;
  }, 0);
}

function result(
  estimate: number,
  variance: number,
  { n, df }: { n: number; df: number },
  { alpha = 0.05 }: AipwOptions,
): AipwEstimate | null {
  const se = Math.sqrt(Math.max(0, inRange(variance, 'variance')));
  inRange(estimate, 'estimate');
  if (!(se > 0)) return null;
  const half = studentTIsf(alpha / 2, df) * se;
  return { estimate, se, n, df, ci: [estimate - half, estimate + half] };
}
