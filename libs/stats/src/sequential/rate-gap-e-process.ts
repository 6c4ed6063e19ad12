import { bracketedRoot } from '../special/bracketed-root.js';
import { logBeta } from '../special/stirling.js';
import { inRange, requireDomain, requireNotNegative } from '../stats-error.js';

/** Events among units of two arms in one epoch; the rates may differ from epoch to epoch. */
export interface RateGapCounts {
  readonly treatmentEvents: number;
  readonly treatmentUnits: number;
  readonly controlEvents: number;
  readonly controlUnits: number;
}

/** The null: treatment rate ≤ offset + slope × control rate. */
export interface RateGapNull {
  /** ≥ 0; an absolute margin. */
  readonly offset: number;
  /** > 0; one plus a relative margin. */
  readonly slope: number;
}

/**
 * ln E of an exact e-process for "the treatment's event rate exceeds offset + slope × the control's", both rates unknown.
 *
 * The average likelihood of the two arms over Jeffreys priors, divided by the largest likelihood under the null: below a
 * likelihood-ratio martingale whatever the true rates are, hence valid from the first unit and at any stopping time, and
 * for any split. Assumes independent units with one rate per arm within the epoch; multiply over epochs. Reject when
 * E ≥ 1/alpha.
 *
 * @throws StatsError `STATS_DOMAIN` counts inconsistent, offset negative or slope not positive
 * @see Wasserman, Ramdas, Balakrishnan (2020), Universal inference, PNAS 117
 */
export function rateGapLogE(counts: RateGapCounts, { offset, slope }: RateGapNull): number {
  const { treatmentEvents: xt, treatmentUnits: nt, controlEvents: xc, controlUnits: nc } = counts;
  requireNotNegative(nt, 'treatmentUnits');
  requireNotNegative(nc, 'controlUnits');
  requireDomain(xt >= 0 && xt <= nt, 'treatmentEvents', xt, 'between 0 and units =', nt);
  requireDomain(xc >= 0 && xc <= nc, 'controlEvents', xc, 'between 0 and units =', nc);
  requireDomain(offset >= 0 && offset < Infinity, 'offset', offset, '≥ 0 and finite');
  requireDomain(slope > 0 && slope < Infinity, 'slope', slope, 'positive and finite');
  if (nt === 0 || nc === 0) return 0;
  const [qt, qc] = likeliestUnderNull(counts, { offset, slope });
  return inRange(
    logAverage(xt, nt) + logAverage(xc, nc) - logLikelihood(xt, nt, qt) - logLikelihood(xc, nc, qc),
    'ln E',
  );
}

/** ln of the likelihood averaged over the Jeffreys prior Beta(½, ½). */
function logAverage(x: number, n: number): number {
  return logBeta(x + 0.5, n - x + 0.5) - logBeta(0.5, 0.5);
}

function logLikelihood(x: number, n: number, q: number): number {
  return (x === 0 ? 0 : x * Math.log(q)) + (x === n ? 0 : (n - x) * Math.log1p(-q));
}

/** Treatment and control rate of the largest likelihood under the null: the observed ones, or a point of its border. */
function likeliestUnderNull(counts: RateGapCounts, { offset, slope }: RateGapNull): [number, number] {
  const { treatmentEvents: xt, treatmentUnits: nt, controlEvents: xc, controlUnits: nc } = counts;
  const observed: [number, number] = [xt / nt, xc / nc];
  if (observed[0] <= offset + slope * observed[1]) return observed;
  // On the border the likelihood is concave in the control rate: its slope has one root, between what either arm wants.
  const rise = (q: number): number => {
    const g = offset + slope * q;
    return slope * (per(xt, g) - per(nt - xt, 1 - g)) + per(xc, q) - per(nc - xc, 1 - q);
  };
  const q = bracketedRoot(rise, observed[1], Math.min(1, (observed[0] - offset) / slope));
  return [Math.min(1, offset + slope * q), q];
}

/** Events over their rate; at the ends of the range a rate may be 0, and none of the events pull at all. */
const per = (events: number, rate: number): number => (events === 0 ? 0 : events / rate);
