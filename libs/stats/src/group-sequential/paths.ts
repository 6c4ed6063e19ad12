import { normalSf } from '../distributions/normal.js';
import { bracketedRoot } from '../special/bracketed-root.js';
import { gaussLegendre } from '../special/quadrature.js';

/** Null density of the z-statistic of one look among paths that have not stopped before, on quadrature nodes. */
interface Grid {
  readonly t: number;
  readonly z: Float64Array;
  /** Density times quadrature weight. */
  readonly mass: Float64Array;
}

/** Nothing that matters lies further out, with or without a drift that gives any power of use. */
const FAR = 9;
const MOST_NODES = 1200;

/**
 * z-statistics at information fractions t₁ < t₂ < …, Cov(Zᵢ, Zⱼ) = √(tᵢ/tⱼ), followed look by look through the
 * continuation region by recursive numerical integration.
 *
 * Probabilities under a drift (the expected z at t = 1) come from the null densities by their likelihood ratio, so one
 * pass serves every drift.
 *
 * @see Armitage, McPherson, Rowe (1969), JRSSA 132; Jennison, Turnbull (2000), chapter 19
 */
export class Paths {
  private readonly grids: Grid[] = [];

  constructor(private readonly rates: readonly number[]) {}

  /** P(Z ≥ c at look k, no stop before) under a drift. */
  upper(k: number, c: number, drift = 0): number {
    return this.crossing(k, (z, sd, shift) => normalSf((c - z - shift) / sd), drift);
  }

  /** P(Z < a at look k, no stop before) under a drift. */
  lower(k: number, a: number, drift = 0): number {
    return this.crossing(k, (z, sd, shift) => normalSf((z + shift - a) / sd), drift);
  }

  /** The c with `upper(k, c)` = p; Infinity for p = 0. */
  upperBound(k: number, p: number): number {
    if (!(p > 1e-300)) return Infinity;
    return bracketedRoot((c) => Math.log(Math.max(this.upper(k, c), 1e-320) / p), -FAR, 38, 1e-14);
  }

  /** The a with `lower(k, a)` = p under a drift; −Infinity for p = 0. */
  lowerBound(k: number, p: number, drift: number): number {
    if (!(p > 1e-300)) return -Infinity;
    const at = (a: number): number => Math.log(Math.max(this.lower(k, a, drift), 1e-320) / p);
    return bracketedRoot(at, -38, FAR + drift, 1e-14);
  }

  /** Fixes the continuation region low < Z < high of look k, the next one. */
  continueIn(k: number, low: number, high: number): void {
    const t = this.rates[k]!;
    const from = Math.max(low, -FAR);
    const to = Math.min(high, FAR + 4);
    if (!(to > from)) {
      this.grids[k] = { t, z: new Float64Array(0), mass: new Float64Array(0) };
      return;
    }
    const next = this.rates[k + 1];
    const steps = [k > 0 ? t - this.rates[k - 1]! : t, next === undefined ? t : next - t];
    const narrowest = Math.min(1, ...steps.map((step) => Math.sqrt(step / t)));
    const n = Math.min(MOST_NODES, Math.ceil((2.6 * (to - from)) / narrowest) + 24);
    const { nodes, weights } = gaussLegendre(n);
    const half = (to - from) / 2;
    const z = Float64Array.from(nodes, (node) => from + half * (1 + node));
    const mass = z.map((at, i) => this.density(k, at) * half * weights[i]!);
    this.grids[k] = { t, z, mass };
  }

  /** Null density of Z at look k among paths that got there. */
  private density(k: number, z: number): number {
    if (k === 0) return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    const before = this.grids[k - 1]!;
    const { scale, sd } = this.step(k);
    let sum = 0;
    for (let i = 0; i < before.z.length; i++) {
      const away = (z - scale * before.z[i]!) / sd;
      sum += before.mass[i]! * Math.exp(-0.5 * away * away);
    }
    return sum / (sd * Math.sqrt(2 * Math.PI));
  }

  /** Given Z at the look before, Z at look k is normal around scale × it with this sd. */
  private step(k: number): { scale: number; sd: number } {
    const share = this.rates[k - 1]! / this.rates[k]!;
    return { scale: Math.sqrt(share), sd: Math.sqrt(1 - share) };
  }

  private crossing(k: number, tail: (z: number, sd: number, shift: number) => number, drift: number): number {
    const root = Math.sqrt(this.rates[k]!);
    if (k === 0) return tail(0, 1, drift * root);
    const { t, z, mass } = this.grids[k - 1]!;
    const { scale, sd } = this.step(k);
    const shift = drift * (root - t / root);
    let sum = 0;
    for (let i = 0; i < z.length; i++) {
      const ratio = drift === 0 ? 1 : Math.exp(drift * (Math.sqrt(t) * z[i]! - (drift * t) / 2));
      sum += mass[i]! * ratio * tail(scale * z[i]!, sd, shift);
    }
    return sum;
  }
}
