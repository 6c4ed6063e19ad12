import { type Decision, murmur3 } from '@app/bucketing';

/** An arm of an experiment or rollout in one epoch: what all its exposures have in common. */
export interface Arm {
  readonly task: string;
  readonly kind: 'experiment' | 'rollout';
  readonly key: string;
  readonly epoch: number;
  readonly variant: string;
  readonly carried: boolean;
  /** Where the fingerprints of its units begin. */
  readonly seedA: number;
  readonly seedB: number;
}

/** Arms by the decision that gives them. One decision stands for all units of an arm, so this is one look-up a call. */
export class Arms {
  private readonly known = new WeakMap<Decision, Arm>();

  /** The arm of a decision that exposes. */
  of(decision: Decision): Arm {
    let arm = this.known.get(decision);
    if (arm === undefined) {
      arm = armOf(decision);
      this.known.set(decision, arm);
    }
    return arm;
  }
}

function armOf(decision: Decision): Arm {
  const { task, experiment, rollout, epoch, variant, carried } = decision;
  const kind = rollout === null ? 'experiment' : 'rollout';
  const key = (rollout ?? experiment)!;
  const name = JSON.stringify([kind, key, epoch, variant]);
  return {
    task,
    kind,
    key,
    epoch: epoch!,
    variant: variant!,
    carried,
    seedA: murmur3(name, 1) | 0,
    seedB: murmur3(name, 2) | 0,
  };
}
