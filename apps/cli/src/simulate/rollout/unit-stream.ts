import type { Random } from '@app/simulation';

/** True rates of both models. */
export interface StreamTruth {
  readonly champion: { readonly quality: number; readonly errors: number };
  readonly challenger: { readonly quality: number; readonly errors: number };
}

/** Units and outcomes of one arm over some time. */
export interface ArmCount {
  units: number;
  good: number;
  errors: number;
}

const GOOD = 1;
const ERROR = 2;

/**
 * A stream of units with the outcomes that each would have on either model, drawn once: every way to roll out sees the
 * same units, and differs by whom it shows what.
 */
export class UnitStream {
  private readonly position: Float64Array;
  private readonly onChampion: Uint8Array;
  private readonly onChallenger: Uint8Array;

  constructor(readonly units: number) {
    this.position = new Float64Array(units);
    this.onChampion = new Uint8Array(units);
    this.onChallenger = new Uint8Array(units);
  }

  draw(random: Random, { champion, challenger }: StreamTruth): void {
    for (let i = 0; i < this.units; i += 1) {
      this.position[i] = random.uniform();
      // One draw for both models: a unit that is easy is easy for both.
      const [ease, luck] = [random.uniform(), random.uniform()];
      this.onChampion[i] = (ease < champion.quality ? GOOD : 0) | (luck < champion.errors ? ERROR : 0);
      this.onChallenger[i] = (ease < challenger.quality ? GOOD : 0) | (luck < challenger.errors ? ERROR : 0);
    }
  }

  /**
   * Units `from` … `to` − 1, split as a rollout splits them: challenger [0, share), control of the same size at the other
   * end, the rest champion.
   */
  split(
    from: number,
    to: number,
    share: number,
  ): { challenger: ArmCount; control: ArmCount; champion: ArmCount } {
    const challenger: ArmCount = { units: 0, good: 0, errors: 0 };
    const control: ArmCount = { units: 0, good: 0, errors: 0 };
    const champion: ArmCount = { units: 0, good: 0, errors: 0 };
    const controlFrom = 1 - Math.min(share, 1 - share);
    for (let i = from; i < to; i += 1) {
      const at = this.position[i]!;
      const arm = at < share ? challenger : at >= controlFrom ? control : champion;
      const outcome = arm === challenger ? this.onChallenger[i]! : this.onChampion[i]!;
      arm.units += 1;
      arm.good += outcome & GOOD;
      arm.errors += outcome >> 1;
    }
    return { challenger, control, champion };
  }
}
