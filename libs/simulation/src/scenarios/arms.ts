import type { ArmMoments, PairedMoments } from '@app/stats';

/**
 * Sufficient statistics of one arm as its units arrive: what the platform keeps, unit by unit and in place.
 *
 * A scenario's arm is handed to the statistics as it stands; nothing there may keep it.
 */
export class UnitArm implements ArmMoments {
  n = 0;
  mean = 0;
  m2 = 0;

  /** One more unit. */
  add(value: number): void {
    this.n++;
    const d = value - this.mean;
    this.mean += d / this.n;
    this.m2 += d * (value - this.mean);
  }

  /** Back to no units. */
  clear(): void {
    this.n = this.mean = this.m2 = 0;
  }
}

class Second implements PairedMoments {
  mean = 0;
  m2 = 0;
  comoment = 0;
}

/** An arm of a ratio metric: numerator and denominator of every unit. */
export class RatioArm extends UnitArm {
  readonly denominator = new Second();

  addPair(numerator: number, denominator: number): void {
    this.add(numerator);
    follow(this, this.denominator, numerator, denominator);
  }

  override clear(): void {
    super.clear();
    Object.assign(this.denominator, new Second());
  }
}

/** An arm of a metric with a covariate from before assignment. */
export class CovariateArm extends UnitArm {
  readonly covariate = new Second();

  addPair(value: number, covariate: number): void {
    this.add(value);
    follow(this, this.covariate, value, covariate);
  }

  override clear(): void {
    super.clear();
    Object.assign(this.covariate, new Second());
  }
}

/** After `first` took its value: the second variable of the same unit. */
function follow(arm: UnitArm, second: Second, value: number, of: number): void {
  const d = of - second.mean;
  second.mean += d / arm.n;
  second.m2 += d * (of - second.mean);
  second.comoment += d * (value - arm.mean);
}
