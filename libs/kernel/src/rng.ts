/** Where randomness comes from; libraries are handed one so that a seed replays a run exactly. */
export abstract class Rng {
  /** A uniform number in [0, 1). */
  abstract next(): number;
}

/** Mulberry32: small, fast, seedable; not for secrets. */
export class SeededRng extends Rng {
  private state: number;

  constructor(seed: number) {
    super();
    this.state = seed >>> 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
}
