import { type ArmSeeds, armSeeds, type Decision, type HoldoutArm, type SubjectKind } from '@app/bucketing';

/** An arm of an experiment, rollout or holdout in one epoch: what all its exposures have in common. */
export interface Arm extends ArmSeeds {
  readonly task: string;
  readonly kind: SubjectKind;
  readonly key: string;
  readonly epoch: number;
  readonly variant: string;
  readonly carried: boolean;
}

/** Arms by what gives them: one decision stands for all units of an arm, so this is one look-up a call. */
export class Arms {
  private readonly known = new WeakMap<Decision | HoldoutArm, Arm>();

  /** The arm of a decision that exposes. */
  of(decision: Decision): Arm {
    return this.known.get(decision) ?? this.learn(decision, armOf(decision));
  }

  ofHoldout(arm: HoldoutArm): Arm {
    return this.known.get(arm) ?? this.learn(arm, withSeeds({ ...arm, carried: false }));
  }

  private learn(from: Decision | HoldoutArm, arm: Arm): Arm {
    this.known.set(from, arm);
    return arm;
  }
}

function armOf({ task, experiment, rollout, epoch, variant, carried }: Decision): Arm {
  const kind = rollout === null ? 'experiment' : 'rollout';
  return withSeeds({ task, kind, key: (rollout ?? experiment)!, epoch: epoch!, variant: variant!, carried });
}

function withSeeds({ task, kind, key, epoch, variant, carried }: Omit<Arm, keyof ArmSeeds>): Arm {
  const seeds = armSeeds(JSON.stringify([kind, key, epoch, variant]));
  return { task, kind, key, epoch, variant, carried, ...seeds };
}
