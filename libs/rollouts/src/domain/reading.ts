import type { GuardrailResult, PairedGuardrailResult, Reason } from '@app/stats';

/** One gating metric as read from the evidence. Bounds are oriented: positive is good. */
export interface GuardrailReading {
  readonly metric: string;
  readonly harm: {
    /** Running minimum of the anytime-valid p-value; null before the first usable look. */
    readonly p: number | null;
    /** This metric's share of the rollout's harm level. */
    readonly alpha: number;
    readonly harmed: boolean;
    /** Loss beyond which harm is called, in the metric's own unit; null when unknown. */
    readonly marginAbsolute: number | null;
  };
  readonly nonInferiority: {
    readonly outcome: GuardrailResult['outcome'];
    /** Margin of the stage, and the same in the metric's own unit. */
    readonly margin: GuardrailResult['margin'];
    readonly marginAbsolute: number | null;
    /** Lower bound of oriented difference + margin; proven when > 0. */
    readonly bound: number | null;
    readonly burnIn: boolean;
    /** What an asymptotic reading still lacks, in words; null when nothing. */
    readonly missing: string | null;
    /** Units the gate was planned with, fixed when the stage was entered. */
    readonly nStar: number;
    /** Units at which a challenger without loss should pass, as the data now tell; null when they don't. */
    readonly requiredUnits: number | null;
  };
  readonly difference: number | null;
  readonly lift: number | null;
  /** Units with a value since the rollout began, and in the current stage. */
  readonly measured: { readonly challenger: number; readonly control: number };
  readonly measuredInStage: { readonly challenger: number; readonly control: number };
}

/** One success metric, challenger against the concurrent control, after Holm. */
export interface BenefitReading {
  readonly metric: string;
  readonly outcome: 'better' | 'worse' | 'undecided' | 'no-effect' | 'insufficient';
  readonly adjustedP: number | null;
  readonly difference: number | null;
  readonly lift: number | null;
  readonly interval: { readonly lower: number | null; readonly upper: number | null } | null;
}

/** What pairs say of one metric in a shadow stage. Ratios have none. */
export interface ShadowReading {
  readonly metric: string;
  readonly units: number;
  /** Units the gate was planned with. */
  readonly nStar: number;
  readonly nonInferiority: PairedGuardrailResult;
}

/** What the evidence says, before the plan's rules are applied to it. */
export interface EvidenceReading {
  readonly asOf: string;
  readonly estimatorVersion: string;
  readonly integrity: { readonly valid: boolean; readonly srmP: number; readonly reasons: readonly Reason[] };
  readonly guardrails: readonly GuardrailReading[];
  readonly benefit: readonly BenefitReading[];
  /** Units first exposed in the current stage. */
  readonly stageUnits: { readonly challenger: number; readonly control: number };
  /** Units of challenger and control together since the rollout began. */
  readonly comparedUnits: number;
  readonly lastExposureAt: string | null;
  readonly lastOutcomeAt: string | null;
  /** When the event that has waited longest to be counted was received; null when none waits or nobody said. */
  readonly waitingSince: string | null;
  readonly fullDays: number;
  /** Absent outside a shadow stage. */
  readonly shadow?: { readonly guardrails: readonly ShadowReading[]; readonly lastPairAt: string | null };
}
