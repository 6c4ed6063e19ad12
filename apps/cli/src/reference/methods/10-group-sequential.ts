import * as stats from '@app/stats';
import type { Input } from './method.js';

/** A design as the files write it. */
export interface DesignInput extends stats.BoundaryPlan {
  readonly beta: number;
  readonly betaSpending?: string | null;
  readonly gammaB?: number | null;
  readonly bindingFutility?: boolean | null;
}

/** Group sequential designs, file 10. */
export function groupSequential(input: Input): unknown {
  const design = input as unknown as DesignInput;
  if (!design.betaSpending || design.betaSpending === 'none')
    return stats.groupSequentialDesign(design, design.beta);
  const betaType = design.betaSpending.replace(/^bs/, 'as') as stats.SpendingType;
  return stats.futilityDesign({
    ...design,
    type: design.type as stats.SpendingType,
    betaSpending: { type: betaType, gamma: design.gammaB },
    binding: design.bindingFutility === true,
  });
}
