import type { ArmMoments } from '@app/stats';
import type { Outcome, Replicate } from '../harness/row.js';
import type { Scenario, UnitArm } from '../scenarios/index.js';

/** Units per arm. */
export interface Sizes {
  readonly name: string;
  readonly control: number;
  readonly treatment: number;
}

export const SMALL: Sizes = { name: '200 per arm', control: 200, treatment: 200 };
export const LARGE: Sizes = { name: '5,000 per arm', control: 5_000, treatment: 5_000 };
export const TENTH: Sizes = { name: '90/10, 200 in the smaller', control: 1_800, treatment: 200 };
export const HUNDREDTH: Sizes = { name: '99/1, 200 in the smaller', control: 19_800, treatment: 200 };

/** 200 units in the smaller arm at three splits, and a large even experiment. */
export const SIZES: readonly Sizes[] = [SMALL, LARGE, TENTH, HUNDREDTH];

/** Fills two arms of fixed sizes, the treatment's true mean raised by `gain`, and reads them once. */
export function fixedExperiment<A extends UnitArm>(
  scenario: Scenario<A>,
  sizes: Sizes,
  gain: number,
  read: (control: ArmMoments, treatment: ArmMoments) => Outcome,
): () => Replicate {
  return () => {
    const [control, treatment] = [scenario.newArm(), scenario.newArm()];
    const [drawControl, drawTreatment] = [scenario.units(0), scenario.units(gain)];
    return (random) => {
      control.clear();
      treatment.clear();
      for (let i = 0; i < sizes.control; i++) drawControl(random, control);
      for (let i = 0; i < sizes.treatment; i++) drawTreatment(random, treatment);
      return read(control, treatment);
    };
  };
}
