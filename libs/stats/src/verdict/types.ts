/**
 * What a look is made from and what it says. Plain data: everything here can be stored as JSON, digested and
 * recomputed years later.
 */

/** An amount on a metric: a fraction of the control mean, or in the metric's own unit. */
export interface Amount {
  readonly value: number;
  readonly type: 'relative' | 'absolute';
}

export type MetricRole = 'success' | 'guardrail' | 'exploratory';
export type MetricKind = 'proportion' | 'count' | 'mean' | 'ratio' | 'quantile';
export type Direction = 'increase' | 'decrease' | 'none';

/** A metric as its experiment or rollout uses it, fixed at start. */
export interface MetricPlan {
  readonly key: string;
  readonly role: MetricRole;
  readonly kind: MetricKind;
  readonly direction: Direction;
  /** Smallest effect worth having; mandatory for success metrics. */
  readonly mde?: Amount;
  /** Largest loss a guardrail may take; `isDefault` when nobody declared it. */
  readonly margin?: Amount & { readonly isDefault: boolean };
  /** Loss beyond which harm is called; the margin when absent. */
  readonly harmMargin?: Amount;
  /** Limits of a bounded score; unbounded metrics wait for a longer burn-in. */
  readonly bounds?: readonly [number, number];
  /** Share of the harm alpha relative to the other guardrails; 1 when absent. */
  readonly harmWeight?: number;
}

/**
 * Sufficient statistics of one metric in one arm: over units, n, mean and M2 (the centred sum of squares) of the
 * unit's value. For a ratio the value is the numerator and `denominator` holds the same for the denominator with the
 * co-moment between the two. `covariate` is the pre-exposure covariate of the same units with its co-moment.
 */
export interface ArmMoments {
  readonly n: number;
  readonly mean: number;
  readonly m2: number;
  /** What rounding took from `mean`: values near 10⁹ that differ by 10⁻² need it; 0 when absent. */
  readonly meanRest?: number;
  readonly denominator?: PairedMoments;
  readonly covariate?: CovariateMoments;
  /** Of a quantile metric: where it lies among the arm's events. Merging moments leaves it behind. */
  readonly quantile?: QuantileEvidence;
}

/** A quantile of an arm's events, with units as clusters. */
export interface QuantileEvidence {
  /** In (0, 1). */
  readonly level: number;
  readonly events: number;
  readonly value: number;
  /** 95 % order-statistic interval of independent events. */
  readonly lower: number;
  readonly upper: number;
  /** Of the value, units taken as clusters; null where undefined. */
  readonly variance: number | null;
  /** By how much the units inflate it; null where undefined. */
  readonly designEffect: number | null;
}

/** Mean and M2 of a second variable, and its co-moment with the first. */
export interface PairedMoments {
  readonly mean: number;
  readonly m2: number;
  readonly comoment: number;
}

/**
 * A covariate known before assignment, over the units that have it. Its co-moment is with the value of those same units.
 */
export interface CovariateMoments extends PairedMoments {
  /** Units that have it; all of the arm's when absent. */
  readonly n?: number;
  /** Mean of the value among them less the arm's mean; 0 when all have it. */
  readonly valueGap?: number;
  /** The same of a ratio's denominator, and the co-moment of covariate and denominator. */
  readonly denominatorGap?: number;
  readonly denominatorComoment?: number;
}

/** An arm; exactly one is the control. Weights are relative. */
export interface Arm {
  readonly key: string;
  readonly weight: number;
  readonly control: boolean;
}

/** One epoch: a stretch with unchanged weights. Units belong to the epoch of their first exposure. */
export interface EpochCounts {
  readonly number: number;
  /** Relative weight of each arm in force during the epoch. */
  readonly weights: Readonly<Record<string, number>>;
  /** Exposed units per arm, crossing units left out. */
  readonly units: Readonly<Record<string, number>>;
}

/** Evidence on one metric: per epoch and arm, the moments of units whose window has closed. */
export interface MetricEvidence {
  readonly metric: MetricPlan;
  readonly epochs: ReadonlyArray<{
    readonly number: number;
    readonly arms: Readonly<Record<string, ArmMoments>>;
  }>;
  /** Of a quantile: where it lies in each arm, epochs together. */
  readonly quantiles?: Readonly<Record<string, QuantileEvidence>>;
  /** Units exposed but not yet closed, per arm. */
  readonly openUnits: Readonly<Record<string, number>>;
}

/** The decision plan, immutable from start. */
export interface DecisionPlan {
  readonly method: 'sequential' | 'group-sequential' | 'fixed';
  /** Two-sided level of the success metrics, over all comparisons. */
  readonly alpha: number;
  readonly power: number;
  /** Planned units over all arms; also tunes the sequences (N*). */
  readonly plannedUnits: number;
  readonly minDays: number;
  /** Level spent on harm in the whole experiment, over guardrails and comparisons. Default 0.01. */
  readonly alphaHarm?: number;
  /** One-sided level of a guardrail's non-inferiority. Default 0.05. */
  readonly alphaNonInferiority?: number;
}

/** What e-BH over all exploratory metrics × comparisons makes of one of them. */
export interface Discovery {
  /** ln of the e-value of the current sequence against no difference. */
  readonly logE: number;
  /** False discovery rate that holds over all that is found, at any look. */
  readonly rate: number;
  readonly found: boolean;
}

/** Highest lower and lowest upper end of a sequence so far; past each other when no constant effect fits. */
export interface RunningBounds {
  readonly highestLower: number;
  readonly lowestUpper: number;
}

/** A success metric's difference at an earlier look. */
export interface PastEstimate {
  /** Full days at that look. */
  readonly day: number;
  readonly estimate: number;
  readonly se: number;
}

/** The latest analysis of a success metric under a plan that fixes when it is tested. */
export interface PlannedAnalysis {
  readonly estimate: number;
  readonly se: number;
  /** |Z| from which it rejected, and Z below which going on was futile. */
  readonly critical: number;
  readonly futility: number | null;
}

/** Analyses of a success metric in a comparison: the information fractions they took place at, and the latest. */
export interface PastAnalyses {
  readonly rates: readonly number[];
  readonly last: PlannedAnalysis;
}

/** What earlier looks leave to later ones: the running minimum of harm p-values, per comparison and metric. */
export interface LookMemory {
  readonly harmP: Readonly<Record<string, number>>;
  /** Running log e-value maximum is not kept: SRM is recomputed from cumulative counts; its running p is. */
  readonly srmP: number;
  /** Estimates of earlier days per comparison and success metric; absent before the first look. */
  readonly estimates?: Readonly<Record<string, readonly PastEstimate[]>>;
  /** Comparisons and success metrics whose gain was significant at or after minDays and borne out by the last days. */
  readonly borneOut?: readonly string[];
  /** Comparisons and guardrails that a look has shown to stay within their margin. */
  readonly proven?: readonly string[];
  /** Running intersection of the intervals of a comparison's success metrics. */
  readonly bounds?: Readonly<Record<string, RunningBounds>>;
  /** Plans other than sequential: analyses so far per comparison and success metric. */
  readonly analyses?: Readonly<Record<string, PastAnalyses>>;
}

export interface LookInput {
  readonly plan: DecisionPlan;
  readonly arms: readonly Arm[];
  readonly epochs: readonly EpochCounts[];
  readonly crossing: { readonly units: number; readonly exposed: number };
  readonly metrics: readonly MetricEvidence[];
  /** Full days since the first exposure. */
  readonly fullDays: number;
  readonly memory: LookMemory;
  /**
   * N* per treatment as stored at start (`comparisonNStar`). Derived from plan and arms when absent, which is only right
   * while weights never changed: a sequence tuned anew loses its guarantee.
   */
  readonly nStar?: Readonly<Record<string, number>>;
}

/** An interval; a missing end is unbounded. */
export interface Interval {
  readonly lower: number | null;
  readonly upper: number | null;
}

/** An estimate that may not exist: undefined is not zero. */
export type Undefined = { readonly kind: 'insufficient'; readonly reason: string };

/** One arm's own summary of one metric over all epochs pooled: what a person would compute from the raw rows. */
export interface ArmSummary {
  readonly n: number;
  /** Mean of unit values; null for a ratio, a quantile or when n = 0. */
  readonly mean: number | null;
  /** Sample standard deviation (n − 1); null for a quantile or when n < 2. */
  readonly sd: number | null;
  /** A ratio's value Σ numerator / Σ denominator, and its delta-method standard error. */
  readonly ratio?: { readonly value: number | null; readonly se: number | null };
  /** A quantile of all events; its standard error takes units as clusters. Null without events. */
  readonly quantile?: {
    readonly level: number;
    readonly value: number;
    readonly se: number | null;
    readonly events: number;
    readonly designEffect: number | null;
  } | null;
  readonly openUnits: number;
  /** Units with a value / exposed units of the arm. */
  readonly coverage: number | null;
}

/** Fixed-horizon figures of record, shown for comparison with other tools; never used to stop. */
export interface FixedTest {
  readonly t: number;
  readonly df: number;
  readonly p: number;
  readonly ci95: readonly [number, number];
}

/** One metric in one comparison. Differences are challenger − control. */
export interface MetricComparison {
  readonly metric: string;
  readonly role: MetricRole;
  readonly direction: Direction;
  readonly difference: number | null;
  readonly se: number | null;
  readonly lift: number | null;
  readonly liftSe: number | null;
  /**
   * The covariate behind difference, lift and intervals: its slope, the share of units that have it, how much of the
   * variance it takes, and the figures without it. Null where none was used.
   */
  readonly adjustment: {
    readonly theta: number;
    readonly coverage: number;
    readonly varianceReduction: number;
    readonly unadjusted: { readonly difference: number; readonly se: number; readonly lift: number | null };
  } | null;
  readonly welch: FixedTest | null;
  /** Always-valid interval of the difference at `level`, and the same for lift. */
  readonly sequential: {
    readonly level: number;
    readonly nStar: number;
    readonly difference: Interval | null;
    readonly lift: Interval | null;
    readonly p: number | null;
    readonly burnIn: boolean;
  };
  /** 95 % and 99.9 % always-valid intervals of the difference, whatever level the decision used. */
  readonly interval95: Interval | null;
  readonly interval999: Interval | null;
  /** Holm-adjusted p over success metrics × comparisons (success metrics only). */
  readonly adjustedP: number | null;
  /** Outcome of the metric by its role. */
  readonly outcome:
    | 'better'
    | 'worse'
    | 'undecided'
    | 'no-effect'
    | 'pass'
    | 'degraded'
    | 'fail'
    | 'exploratory'
    | 'insufficient';
  readonly guardrail?: GuardrailResult;
  /** Exploratory metrics after burn-in. Points out, decides nothing. */
  readonly discovery?: Discovery;
  /** Success metrics under a plan other than sequential. */
  readonly planned?: PlannedProgress;
  readonly notes: readonly string[];
}

/** How far a planned test has come: `informationFraction` of the planned units, and the bounds of its latest analysis. */
export interface PlannedProgress {
  readonly informationFraction: number;
  readonly analyses: number;
  readonly critical: number | null;
  readonly futility: number | null;
  /** Below the futility bound: going on would hardly find the effect worth having. */
  readonly futile: boolean;
}

/** Three-way (and undecided) reading of a guardrail. `signed` bounds are oriented so that positive is good. */
export interface GuardrailResult {
  readonly outcome: 'pass' | 'degraded' | 'fail' | 'undecided';
  /** The margin tested, as an amount and in the metric's own unit at the observed control mean. */
  readonly margin: Amount & { readonly isDefault: boolean };
  readonly marginAbsolute: number | null;
  /** One-sided always-valid lower bound of (oriented difference + margin); pass when > 0, here or at an earlier look. */
  readonly nonInferiorityBound: number | null;
  /** Whether the bound excludes the margin now, or did at an earlier look while the estimate is still within it. */
  readonly proven: 'now' | 'earlier' | 'no';
  /** Running minimum of the harm p-value; harm when ≤ its share of alpha. */
  readonly harmP: number | null;
  readonly harmAlpha: number;
  readonly burnIn: boolean;
}

export type VerdictCode = 'STOP_HARM' | 'INVALID' | 'SHIP' | 'STOP_NO_EFFECT' | 'KEEP_RUNNING';

/** A reason a person can read, with a stable code and the figures behind it. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly metric?: string;
}

export interface Comparison {
  readonly control: string;
  readonly treatment: string;
  readonly verdict: VerdictCode;
  readonly reasons: readonly Reason[];
  readonly metrics: readonly MetricComparison[];
  /** Expected further days to a decision at the present traffic; null when it cannot be told. */
  readonly expectedDays: number | null;
}

export interface IntegrityReport {
  /** Pearson's chi-squared over pooled counts (single-weight epochs) for people; null when weights changed. */
  readonly srmFixed: {
    readonly counts: Readonly<Record<string, number>>;
    readonly statistic: number;
    readonly df: number;
    readonly p: number;
  } | null;
  readonly srmSequential: { readonly logE: number; readonly p: number; readonly alarm: boolean };
  readonly crossing: {
    readonly units: number;
    readonly exposed: number;
    readonly share: number | null;
    readonly lower95: number | null;
    readonly alarm: boolean;
  };
  readonly valid: boolean;
  readonly reasons: readonly Reason[];
}

export interface LookResult {
  readonly estimatorVersion: string;
  readonly integrity: IntegrityReport;
  /** Per metric and arm. */
  readonly summaries: Readonly<Record<string, Readonly<Record<string, ArmSummary>>>>;
  readonly comparisons: readonly Comparison[];
  readonly memory: LookMemory;
}
