import { normalIsf, normalSf } from '../distributions/normal.js';
import { requireDomain, StatsError } from '../stats-error.js';

/**
 * How an error is spent over information: Lan and DeMets' O'Brien-Fleming and Pocock types, Hwang-Shih-DeCani and
 * Kim-DeMets with their gamma.
 */
export type SpendingType = 'asOF' | 'asP' | 'asHSD' | 'asKD';

/** A spending function: type, its gamma where it has one, and the total to spend on one side. */
export interface Spending {
  readonly type: SpendingType;
  readonly gamma?: number | null;
}

/**
 * Error spent up to information fraction t on one side, out of a total for that side.
 *
 * 0 at t = 0, the total from t = 1 on: a look after the planned end spends what is left.
 *
 * @throws StatsError `STATS_DOMAIN` t negative, total outside (0, 1), or a gamma missing or outside its domain
 * @see Lan, DeMets (1983), Biometrika 70; Hwang, Shih, DeCani (1990), Stat. Med. 9; Kim, DeMets (1987), Biometrika 74
 */
export function spent({ type, gamma }: Spending, t: number, total: number): number {
  requireDomain(t >= 0, 't', t, '≥ 0');
  requireDomain(total > 0 && total < 1, 'total', total, 'in (0, 1)');
  if (t >= 1) return total;
  if (t === 0) return 0;
  switch (type) {
    case 'asOF':
      return 2 * normalSf(normalIsf(total / 2) / Math.sqrt(t));
    case 'asP':
      return total * Math.log1p((Math.E - 1) * t);
    case 'asHSD': {
      requireDomain(typeof gamma === 'number' && Number.isFinite(gamma), 'gamma', gamma, 'finite');
      if (gamma === 0) return total * t;
      // With gamma far below 0 both exponentials overflow where their ratio does not.
      if (gamma! < -30)
        return (total * Math.exp(-gamma! * (t - 1)) * Math.expm1(gamma! * t)) / Math.expm1(gamma!);
      return (total * Math.expm1(-gamma! * t)) / Math.expm1(-gamma!);
    }
    case 'asKD':
      requireDomain(
        typeof gamma === 'number' && gamma > 0 && gamma < Infinity,
        'gamma',
        gamma,
        'positive and finite',
      );
      return total * t ** gamma!;
    default:
      throw new StatsError('STATS_METHOD', `no spending function ${String(type)}`);
  }
}
