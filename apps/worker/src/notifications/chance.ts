import { Rng } from '@app/kernel';

/** Chance as the machine has it: only spreads retries, decides nothing. */
export class ChanceRng extends Rng {
  next(): number {
    return Math.random();
  }
}
