import {
  analyseLook,
  contrastOf,
  differenceInterval,
  missingBurnIn,
  tuneTwoSided,
  twoSidedLogP,
  type ArmMoments,
  type Contrast,
  type MetricPlan,
  type VerdictCode,
} from '@app/stats';
import { RatioArm, UnitArm } from '../scenarios/arms.js';
import type { StreamUnit } from './stream-replicate.js';

const ALPHA = 0.05;

/** What happened to one replicate that was looked at after every unit. */
export interface ReplicateOutcome {
  /** Units of both arms. */
  readonly units: number;
  /** The first rejection of "no difference"; null when there was none. */
  readonly stop: {
    readonly units: number;
    readonly t: number;
    readonly estimate: number;
    readonly interval: readonly [number, number];
  } | null;
  /** Intersection of the intervals of all looks: a value outside was left out at some look. Null: never estimated. */
  readonly always: readonly [number, number] | null;
  /** Estimate and its standard error over all units; null while undefined. */
  readonly final: { readonly estimate: number; readonly se: number } | null;
  /** What the verdict engine says at the stop, or at the end. */
  readonly verdict: VerdictCode;
}

/**
 * Feeds one replicate of a comparison, unit by unit, to what the verdict engine uses at a look.
 *
 * @param units in the order in which they count; those of other arms are left out
 * @param nStar planned units of the comparison, fixed beforehand
 */
export function replayReplicate(
  metric: MetricPlan,
  units: readonly StreamUnit[],
  { control, treatment, nStar }: { control: string; treatment: string; nStar: number },
): ReplicateOutcome {
  const arms = { control: newArm(metric), treatment: newArm(metric) };
  const rho = tuneTwoSided(ALPHA, nStar);
  let always: [number, number] | null = null;
  let stop: ReplicateOutcome['stop'] = null;
  let verdict: VerdictCode | null = null;
  let contrast: Contrast | null = null;
  let ready = false;
  for (const unit of units) {
    if (unit.arm === control) add(arms.control, unit);
    else if (unit.arm === treatment) add(arms.treatment, unit);
    else continue;
    ready ||= missingBurnIn(metric, arms.control, arms.treatment) === null;
    if (!ready) continue;
    contrast = contrastBetween(metric, arms);
    const interval = contrast && differenceInterval(contrast, rho, ALPHA);
    if (!contrast || !interval) continue;
    const ends: [number, number] = [interval.lower!, interval.upper!];
    always = always ? [Math.max(always[0], ends[0]), Math.min(always[1], ends[1])] : ends;
    if (stop || !rejects(contrast, rho)) continue;
    stop = { units: contrast.n, t: unit.t, estimate: contrast.difference, interval: ends };
    verdict = verdictOn(metric, arms, nStar);
  }
  contrast ??= contrastBetween(metric, arms);
  return {
    units: arms.control.n + arms.treatment.n,
    stop,
    always,
    final: contrast && { estimate: contrast.difference, se: contrast.se },
    verdict: verdict ?? verdictOn(metric, arms, nStar),
  };
}

interface Arms {
  readonly control: UnitArm;
  readonly treatment: UnitArm;
}

const newArm = (metric: MetricPlan): UnitArm => (metric.kind === 'ratio' ? new RatioArm() : new UnitArm());

function add(arm: UnitArm, unit: StreamUnit): void {
  if (arm instanceof RatioArm) arm.addPair(unit.sum, unit.lines);
  else arm.add(unit.sum);
}

function contrastBetween(metric: MetricPlan, { control, treatment }: Arms): Contrast | null {
  const epoch = (moments: ArmMoments) => [{ number: 1, moments }];
  const contrast = contrastOf(metric.kind, epoch(control), epoch(treatment));
  return contrast.kind === 'contrast' && contrast.se > 0 ? contrast : null;
}

function rejects({ difference, se, n }: Contrast, rho: number): boolean {
  return twoSidedLogP({ estimate: difference, se, n }, rho) <= Math.log(ALPHA);
}

/** The whole engine on one look. The split is taken as it came: a stream does not say what was planned. */
function verdictOn(metric: MetricPlan, { control, treatment }: Arms, nStar: number): VerdictCode {
  const units = { control: control.n, treatment: treatment.n };
  const [c, t] = [Math.max(1, control.n), Math.max(1, treatment.n)];
  const look = analyseLook({
    plan: { method: 'sequential', alpha: ALPHA, power: 0.8, plannedUnits: nStar, minDays: 0 },
    arms: [
      { key: 'control', weight: c, control: true },
      { key: 'treatment', weight: t, control: false },
    ],
    epochs: [{ number: 1, weights: { control: c, treatment: t }, units }],
    crossing: { units: 0, exposed: control.n + treatment.n },
    metrics: [{ metric, epochs: [{ number: 1, arms: { control, treatment } }], openUnits: {} }],
    fullDays: 0,
    memory: { harmP: {}, srmP: 1 },
    nStar: { treatment: nStar },
  });
  return look.comparisons[0]!.verdict;
}
