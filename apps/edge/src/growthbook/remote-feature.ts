import {
  type CompiledRuleset,
  growthbookAttribute,
  growthbookTrackKey,
  keepsWinner,
  ROLLOUT_VARIANTS,
} from '@app/bucketing';
import { type AssignmentsRequest, isUnitId, type WireAssignment } from '@app/wire';
import { servedValueOf } from '../assignments/served-value-of.js';
import { usableAttributes } from '../assignments/usable-attributes.js';

/**
 * The assignment that a GrowthBook context asks for: a unit for each type a task has, from its own attribute. An id that
 * cannot be a unit is none: its outcomes could not be kept.
 */
export function assignmentsRequestOf(
  attributes: Readonly<Record<string, unknown>>,
  { tasks }: CompiledRuleset,
): AssignmentsRequest {
  const units: Record<string, string> = {};
  for (const { unitType } of tasks.values()) {
    const name = growthbookAttribute(unitType);
    const unit = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (isUnit(unit)) units[unitType] = String(unit);
  }
  return { units, attributes: usableAttributes(attributes) };
}

function isUnit(given: unknown): given is string | number {
  return typeof given === 'string' ? isUnitId(given) : Number.isFinite(given);
}

/**
 * An assignment as a feature that has been evaluated: one value for everybody who reads it. An arm of an experiment or
 * rollout carries a track, so that the SDK calls its trackingCallback at the first use, as for one it evaluated itself. A
 * unit that keeps the winner of an experiment was not drawn: no track, as there.
 */
export function remoteFeatureOf(
  assignment: WireAssignment,
  compiled: CompiledRuleset,
  request: AssignmentsRequest,
): unknown {
  const value = servedValueOf(assignment);
  const { task, variant, experiment } = assignment;
  const key = trackKeyOf(assignment);
  if (value === null || variant === null || key === null) return { defaultValue: value };
  const decided = compiled.tasks.get(task)!;
  const unit = request.units?.[decided.unitType] ?? '';
  if (experiment === undefined && keepsWinner(decided, unit)) return { defaultValue: value };
  const arms = armsOf(compiled, task, experiment);
  const variations = arms.map((arm) => (arm === variant ? value : { variant: arm }));
  const result = {
    key: variant,
    featureId: task,
    variationId: arms.indexOf(variant),
    value,
    inExperiment: true,
    hashUsed: true,
    hashAttribute: growthbookAttribute(decided.unitType),
    hashValue: unit,
    stickyBucketUsed: false,
  };
  const tracks = [{ experiment: { key, variations, meta: arms.map((arm) => ({ key: arm })) }, result }];
  return { defaultValue: value, rules: [{ id: `remote:${key}`, force: value, tracks }] };
}

function trackKeyOf({ reason, experiment, rollout }: WireAssignment): string | null {
  if (reason === 'SPLIT' && experiment !== undefined) return growthbookTrackKey('experiment', experiment);
  if (reason === 'ROLLOUT' && rollout !== undefined) return growthbookTrackKey('rollout', rollout);
  return null;
}

function armsOf({ tasks }: CompiledRuleset, task: string, experiment: string | undefined): readonly string[] {
  if (experiment === undefined) return ROLLOUT_VARIANTS;
  const found = tasks.get(task)!.experiments.find(({ key }) => key === experiment);
  return found?.variants.map(({ key }) => key) ?? [];
}
