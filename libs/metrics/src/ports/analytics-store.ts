import type { DailySeries } from '../domain/daily-series.js';
import type { ShadowPairs } from '../domain/shadow-pairs.js';
import type { SubjectEvidence } from '../domain/subject-evidence.js';
import { Aggregator } from './aggregator.js';

/**
 * Where events become statistics and are asked for. Looks, results, rollouts and workers know this port alone: an engine
 * that keeps it as `testing/analytics-store.contract.ts` says can take the place of Postgres without touching them.
 *
 * Reading costs the same however many events and units there are. All figures of one answer are of one moment.
 */
export abstract class AnalyticsStore extends Aggregator {
  /**
   * The statistics of a subject.
   *
   * @param asOf the moment of the look; full days are counted to it
   */
  abstract read(subjectId: string, asOf: Date): Promise<SubjectEvidence>;

  /**
   * The same statistics within each value of a dimension that was declared before the subject opened, in the order of
   * the values' bytes. Units without the attribute are under ''. Empty for what is no dimension.
   */
  abstract readBy(
    subjectId: string,
    dimension: string,
    asOf: Date,
  ): Promise<ReadonlyArray<{ readonly value: string; readonly evidence: SubjectEvidence }>>;

  /** What a rollout's shadow stage compares. Empty pairs where nothing was mirrored, or a metric cannot be paired. */
  abstract shadow(subjectId: string): Promise<ShadowPairs>;

  /** Units by the day of their first exposure. */
  abstract daily(subjectId: string): Promise<DailySeries>;
}
