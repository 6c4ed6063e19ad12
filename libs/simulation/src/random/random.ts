/**
 * xoshiro128** by Blackman and Vigna: period 2¹²⁸ − 1, in 32-bit words, which JavaScript multiplies without detours.
 *
 * Written here, not taken from the library under test or the kernel: what judges a method must not share its randomness.
 *
 * @see Blackman, Vigna (2021), Scrambled linear pseudorandom number generators, ACM TOMS 47, doi:10.1145/3460772
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** @param state four 32-bit words, not all zero */
  constructor(state: readonly [number, number, number, number]) {
    [this.a, this.b, this.c, this.d] = state.map((word) => word | 0) as [number, number, number, number];
    if ((this.a | this.b | this.c | this.d) === 0) this.a = 1;
  }

  /** 32 random bits, as a signed integer. */
  bits(): number {
    const x = Math.imul(this.b, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9);
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  /** Uniform on (0, 1), 32 bits: never 0, never 1. */
  uniform(): number {
    return ((this.bits() >>> 0) + 0.5) * 2.3283064365386963e-10;
  }

  /** Uniform on (0, 1) with 52 bits, where the far tail matters. */
  uniform52(): number {
    return ((this.bits() >>> 6) * 67108864 + (this.bits() >>> 6) + 0.5) * 2.220446049250313e-16;
  }

  /** 1 with probability p, else 0. */
  bernoulli(p: number): 0 | 1 {
    return this.uniform() < p ? 1 : 0;
  }

  /** A whole number in 0 … count − 1. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }
}
