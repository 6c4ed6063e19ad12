import { allocateVariants, type Condition, type HashRange, type RulesetRollout } from '@app/bucketing';

export interface RolloutRow extends CarriedRow {
  id: string;
  key: string;
  task: string;
  stage: number;
  share: number;
  control_share: number;
  audience: Condition | null;
  epoch: number;
  challenger: string;
  champion: string;
}

/** Where an experiment's winning arm lies, for the rollouts whose units stay on it. */
export interface CarriedRow {
  carried_experiment: string | null;
  carried_ranges: HashRange[] | null;
  challenger_variant: string | null;
  carried_variants: Array<{ key: string; weight: number; ranges: HashRange[] | null }> | null;
}

export function rolloutOf(row: RolloutRow): RulesetRollout {
  return {
    id: row.id,
    key: row.key,
    epoch: row.epoch,
    salt: `rollout:${row.key}:position`,
    stage: row.stage,
    share: row.share,
    controlShare: row.control_share,
    challenger: row.challenger,
    champion: row.champion,
    audience: row.audience,
    carried: carriedOf(row),
  };
}

/** The units that a rollout keeps on its challenger; null when it keeps none. */
export function carriedOf(row: CarriedRow): RulesetRollout['carried'] {
  const { carried_experiment: experiment, carried_ranges: ranges, carried_variants: variants } = row;
  if (experiment === null || !ranges || !variants) return null;
  const plain = allocateVariants(variants);
  const index = variants.findIndex((variant) => variant.key === row.challenger_variant);
  const stretches = variants[index]?.ranges ?? plain[index]?.ranges ?? [];
  // An arm that edits have split keeps its longest stretch: fewer units stay than could, none that should not.
  const longest = [...stretches].sort((a, b) => b[1] - b[0] - (a[1] - a[0]))[0];
  if (!longest) return null;
  return { experiment, salt: `experiment:${experiment}:variant`, ranges, from: longest[0], to: longest[1] };
}
