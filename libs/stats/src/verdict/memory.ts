import type { JudgedComparison } from './family.js';
import { remember } from './fading.js';
import type { LookInput, LookMemory, PastAnalyses, PastEstimate, RunningBounds } from './types.js';

/** Key of the look memory for a metric in a comparison. */
export const memoryKey = (treatment: string, metric: string): string => `${treatment}/${metric}`;

/** Whether a look at or after minDays found the gain of this metric significant and not fading. */
export const isBorneOut = (memory: LookMemory, key: string): boolean =>
  memory.borneOut?.includes(key) ?? false;

/** The running minima and the history of estimates after this look. */
export function nextMemory(
  input: LookInput,
  comparisons: readonly JudgedComparison[],
  srmP: number,
): LookMemory {
  const harmP: Record<string, number> = { ...input.memory.harmP };
  const estimates: Record<string, readonly PastEstimate[]> = { ...input.memory.estimates };
  const analyses: Record<string, PastAnalyses> = { ...input.memory.analyses };
  const bounds: Record<string, RunningBounds> = { ...input.memory.bounds };
  const borneOut = new Set(input.memory.borneOut);
  const proven = new Set(input.memory.proven);
  for (const judged of comparisons) {
    const { treatment, benefits, guardrails, fading, analyses: taken } = judged;
    for (const [metric, past] of taken) analyses[memoryKey(treatment, metric)] = past;
    for (const [metric, narrow] of judged.bounds) bounds[memoryKey(treatment, metric)] = narrow;
    for (const [metric, { better, worseP, contrast }] of benefits) {
      const key = memoryKey(treatment, metric);
      if (better && !fading.has(metric) && input.fullDays >= input.plan.minDays) borneOut.add(key);
      harmP[key] = worseP;
      if (contrast.kind === 'contrast')
        estimates[key] = remember(estimates[key] ?? [], { day: input.fullDays, contrast });
    }
    for (const [metric, guardrail] of guardrails) {
      harmP[memoryKey(treatment, metric)] = guardrail.harmP ?? 1;
      if (guardrail.proven === 'now') proven.add(memoryKey(treatment, metric));
    }
  }
  return {
    harmP,
    srmP,
    estimates,
    borneOut: [...borneOut],
    proven: [...proven],
    bounds,
    ...(input.plan.method !== 'sequential' && { analyses }),
  };
}
