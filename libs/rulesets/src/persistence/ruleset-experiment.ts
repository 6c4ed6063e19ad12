import type { Condition, HashRange, Prerequisite, RulesetExperiment } from '@app/bucketing';

export interface VariantJson {
  key: string;
  model: string;
  weight: number;
  control: boolean;
  /** null until an edit has moved the arms. */
  ranges: HashRange[] | null;
}

export interface ExperimentRow {
  id: string;
  key: string;
  task: string;
  state: 'running' | 'paused';
  ranges: HashRange[];
  audience: Condition | null;
  prerequisites: Prerequisite[];
  overrides: Record<string, string>;
  epoch: number;
  variants: VariantJson[];
}

export function experimentOf(row: ExperimentRow): RulesetExperiment {
  return {
    id: row.id,
    key: row.key,
    epoch: row.epoch,
    salt: `experiment:${row.key}:variant`,
    assignment: 'platform',
    paused: row.state === 'paused',
    ranges: row.ranges,
    audience: row.audience,
    ...(row.prerequisites.length > 0 ? { prerequisites: row.prerequisites } : {}),
    variants: row.variants.map(({ ranges, ...variant }) => ({ ...variant, ...(ranges ? { ranges } : {}) })),
    overrides: row.overrides,
  };
}
