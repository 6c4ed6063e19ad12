import {
  contrastOf,
  covariateAdjustment,
  missingBurnIn,
  tuneTwoSided,
  twoSidedLogP,
  type Contrast,
} from '@app/stats';
import type { Random } from '../random/random.js';
import type { Scenario, UnitArm } from '../scenarios/index.js';

/** Level of the sequences under test. */
export const ALPHA = 0.05;
const LOG_ALPHA = Math.log(ALPHA);

/** How often and until when a running experiment is looked at. */
export interface Watch {
  /** The treatment's share of the units. */
  readonly share: number;
  readonly peeks: number;
  readonly unitsPerPeek: number;
}

/** A watch with the name of its split. */
export type Split = Watch & { readonly name: string };

export const EVEN: Split = { name: '50/50', share: 0.5, peeks: 10_000, unitsPerPeek: 1 };
export const TENTH: Split = { name: '90/10', share: 0.1, peeks: 10_000, unitsPerPeek: 3 };
export const HUNDREDTH: Split = { name: '99/1', share: 0.01, peeks: 10_000, unitsPerPeek: 20 };

/** Splits with horizons that leave at least half of the peeks after a burn-in of 1,000 units in the smaller arm. */
export const SPLITS: readonly Split[] = [EVEN, TENTH, HUNDREDTH];

/** N* of an experiment that ends after all peeks: planned for half of them. */
export const plannedFor = (watch: Watch): number => (watch.peeks * watch.unitsPerPeek) / 2;

/** An experiment as it grows: two arms and the contrast that the verdict engine reads at a look. */
export class Experiment<A extends UnitArm> {
  readonly control: A;
  readonly treatment: A;
  private readonly drawControl: (random: Random, arm: A) => void;
  private readonly drawTreatment: (random: Random, arm: A) => void;
  private readonly controlEpochs: ReadonlyArray<{ number: number; moments: A }>;
  private readonly treatmentEpochs: ReadonlyArray<{ number: number; moments: A }>;

  private burntIn = false;

  constructor(
    private readonly scenario: Scenario<A>,
    gain = 0,
  ) {
    this.control = scenario.newArm();
    this.treatment = scenario.newArm();
    this.drawControl = scenario.units(0);
    this.drawTreatment = scenario.units(gain);
    this.controlEpochs = [{ number: 1, moments: this.control }];
    this.treatmentEpochs = [{ number: 1, moments: this.treatment }];
  }

  clear(): void {
    this.burntIn = false;
    this.control.clear();
    this.treatment.clear();
  }

  /** Assigns and measures some more units. */
  grow(random: Random, units: number, share: number): void {
    for (let i = 0; i < units; i++) {
      if (random.uniform() < share) this.drawTreatment(random, this.treatment);
      else this.drawControl(random, this.control);
    }
  }

  /** Whether the burn-in is over. Units only ever join, so it is not asked again. */
  get mayDecide(): boolean {
    return (this.burntIn ||= missingBurnIn(this.scenario.metric, this.control, this.treatment) === null);
  }

  /** null while undefined, or without an error. */
  contrast(): Contrast | null {
    const contrast = contrastOf(this.scenario.metric.kind, this.controlEpochs, this.treatmentEpochs);
    return contrast.kind === 'contrast' && contrast.se > 0 ? contrast : null;
  }

  /** The same with what the covariate explains taken off, θ estimated anew. */
  adjustedContrast(): Contrast | null {
    const { control, treatment, scenario } = this;
    const adjustment = covariateAdjustment(scenario.metric.kind, [
      { number: 1, arms: { control, treatment } },
    ]);
    const of = adjustment?.epochs[1];
    if (!of) return this.contrast();
    const contrast = contrastOf(
      scenario.metric.kind,
      [{ number: 1, moments: control, adjustment: of['control']! }],
      [{ number: 1, moments: treatment, adjustment: of['treatment']! }],
    );
    return contrast.kind === 'contrast' && contrast.se > 0 ? contrast : null;
  }
}

/** What ever rejecting means: outputs of `watchForRejection`. */
export const REJECTION_OUTPUTS = ['ever rejects', 'units at stop'] as const;

interface Watching {
  /** Decides from the first estimate on. */
  readonly withoutBurnIn?: boolean;
  /**
   * Takes the covariate off, which costs thirty times as much as a plain contrast: while p is above 0.7 only every fifth
   * peek is evaluated. p does not fall from there to 0.05 and come back within four peeks.
   */
  readonly adjusted?: boolean;
}

const SKIP_ABOVE = 0.7;
const SKIPPED = 4;

/** Peeks at an experiment until the asymptotic sequence rejects "no difference", or to the end. */
export function watchForRejection<A extends UnitArm>(
  scenario: Scenario<A>,
  watch: Watch,
  { withoutBurnIn = false, adjusted = false }: Watching = {},
): () => (random: Random) => readonly [number, number | null] {
  return () => {
    const experiment = new Experiment(scenario);
    const rho = tuneTwoSided(ALPHA, plannedFor(watch));
    return (random) => {
      experiment.clear();
      let next = 1;
      for (let peek = 1; peek <= watch.peeks; peek++) {
        experiment.grow(random, watch.unitsPerPeek, watch.share);
        if (peek < next || (!withoutBurnIn && !experiment.mayDecide)) continue;
        const contrast = adjusted ? experiment.adjustedContrast() : experiment.contrast();
        if (!contrast) continue;
        const logP = logPOf(contrast, rho);
        if (logP <= LOG_ALPHA) return [1, peek * watch.unitsPerPeek];
        if (adjusted && logP > Math.log(SKIP_ABOVE)) next = peek + 1 + SKIPPED;
      }
      return [0, null];
    };
  };
}

function logPOf({ difference, se, n }: Contrast, rho: number): number {
  return twoSidedLogP({ estimate: difference, se, n }, rho);
}
