import * as stats from '@app/stats';
import type { DesignInput } from './10-group-sequential.js';
import type { Input } from './method.js';

interface MeansInput extends stats.MeansDesign {
  delta: number;
  power: number;
  n1: number;
  margin: number;
}

const KINDS: Readonly<Record<string, (input: Input) => unknown>> = {
  meansZ(input) {
    const design = input as unknown as MeansInput;
    const { power, bothTails } = stats.meansPower(design, design.delta, design.n1);
    return {
      ...stats.meansSampleSize(design, design.delta, design.power),
      powerAtN: power,
      powerBothTails: bothTails,
      mdeAtN: stats.meansMde(design, design.power, design.n1),
    };
  },
  meansT(input) {
    const design = input as unknown as stats.TDesign & {
      n1: number;
      power: number;
      countBothTails?: boolean;
    };
    const at = stats.tPower(design, design.n1);
    const both = design.countBothTails !== false;
    return {
      ...stats.tSampleSize(design, design.power, both),
      powerAtN: both ? at.bothTails : at.power,
      df: at.df,
    };
  },
  groupSequential(input) {
    const given = input as { delta: number; var: number; design: DesignInput };
    const { alpha, sided: sides, beta } = given.design;
    const fixed = { var1: given.var, var2: given.var, ratio: 1, alpha, sides };
    const { n1 } = stats.meansSampleSize(fixed, given.delta, 1 - beta);
    return {
      fixedN1: n1,
      maxN1: n1 * stats.groupSequentialDesign(given.design, beta).inflationFactor,
    };
  },
  nonInferiorityMeans(input) {
    const design = input as unknown as MeansInput;
    return stats.nonInferioritySampleSize(design, design.delta, design.margin, design.power);
  },
  propPooled(input) {
    const design = input as unknown as stats.ProportionsDesign & { power: number; n: number };
    return {
      nPerArm: stats.pooledSampleSize(design, design.power),
      powerAtN: stats.pooledPower(design, design.n),
    };
  },
  propArcsine(input) {
    const design = input as unknown as stats.ProportionsDesign & { power: number; n: number };
    const { power, bothTails } = stats.arcsinePower(design, design.n);
    return {
      h: stats.cohenH(design),
      nPerArm: stats.arcsineSampleSize(design, design.power),
      powerAtN: power,
      powerBothTails: bothTails,
    };
  },
  nonInferiorityRates(input) {
    const design = input as {
      p1: number;
      p2: number;
      alpha: number;
      ratio: number;
      margin: number;
      power: number;
    };
    return stats.nonInferiorityRatesSampleSize(design, design.margin, design.power);
  },
};

/** Power, sample size and smallest detectable effect, file 13. */
export function power(input: Input): unknown {
  return KINDS[(input as { kind: string }).kind]?.(input);
}
