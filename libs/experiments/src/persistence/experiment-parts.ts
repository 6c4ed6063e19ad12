import type { HashRange } from '@app/bucketing';
import type { Amount, MetricRole } from '@app/stats';
import type { ExperimentMetric, ExperimentVariant } from '../domain/experiment.js';

/** Variants of some experiments in their order, with the models they are pinned to. */
export const VARIANTS = `
  SELECT v.experiment_id, v.key, v.model_id, m.key || '@' || m.version AS model, v.weight, v.control, v.ranges
  FROM experiment_variants v JOIN models m ON m.id = v.model_id
  WHERE v.experiment_id = ANY ($1) ORDER BY v.experiment_id, v.position`;

/** Metrics of some experiments in their order, with the versions they are pinned to. */
export const METRICS = `
  SELECT x.experiment_id, x.metric, x.metric_id, m.version, x.role, x.mde, x.margin, x.harm_margin, x.added_at
  FROM experiment_metrics x JOIN metrics m ON m.id = x.metric_id
  WHERE x.experiment_id = ANY ($1) ORDER BY x.experiment_id, x.position`;

export interface VariantRow {
  experiment_id: string;
  key: string;
  model_id: string;
  model: string;
  weight: number;
  control: boolean;
  ranges: HashRange[] | null;
}

export interface MetricRow {
  experiment_id: string;
  metric: string;
  metric_id: string;
  version: number;
  role: MetricRole;
  mde: Amount | null;
  margin: Amount | null;
  harm_margin: Amount | null;
  added_at: Date | null;
}

export const variantOf = (row: VariantRow): ExperimentVariant => ({
  key: row.key,
  modelId: row.model_id,
  model: row.model,
  weight: row.weight,
  control: row.control,
  ranges: row.ranges,
});

export const metricOf = (row: MetricRow): ExperimentMetric => ({
  metric: row.metric,
  metricId: row.metric_id,
  version: row.version,
  role: row.role,
  mde: row.mde,
  margin: row.margin,
  harmMargin: row.harm_margin,
  addedAt: row.added_at,
});
