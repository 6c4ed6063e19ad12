import type { ArmSummary, Comparison, IntegrityReport } from '@app/stats';

/** The part of an experiment's results that the commands read; the shape of `GET /experiments/:key/results`. */
export interface ExperimentResults {
  readonly experiment: string;
  readonly look: { readonly number: number; readonly at: string; readonly inputsDigest: string };
  readonly integrity: IntegrityReport;
  readonly summaries: Readonly<Record<string, Readonly<Record<string, ArmSummary>>>>;
  readonly comparisons: readonly Comparison[];
  readonly crossingUnits: number;
}
