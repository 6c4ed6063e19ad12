import type { EvidenceReading, GuardrailReading } from '../domain/reading.js';
import { initialState } from '../domain/open-stage.js';
import { DAY_SECONDS, type RampMetric, type RampPlan } from '../domain/ramp-plan.js';
import type { RampState } from '../domain/ramp-state.js';
import { resolvePlan } from '../domain/resolve-plan.js';

/** Where time begins in tests. */
export const START = '2026-01-05T00:00:00.000Z';

/** An instant some days after START. */
export function day(days: number): Date {
  return new Date(Date.parse(START) + days * DAY_SECONDS * 1000);
}

export const QUALITY: RampMetric = {
  key: 'quality',
  role: 'success',
  kind: 'proportion',
  direction: 'increase',
  bounds: [0, 1],
  mde: { value: 0.05, type: 'relative' },
  margin: { value: 0.05, type: 'relative', isDefault: true },
};

export const ERRORS: RampMetric = {
  key: 'errors',
  role: 'guardrail',
  kind: 'proportion',
  direction: 'decrease',
  bounds: [0, 1],
  margin: { value: 0.02, type: 'absolute', isDefault: false },
};

/** The default ramp over one success metric and one guardrail; a test states what differs. */
export function buildPlan(overrides: Partial<RampPlan> = {}): RampPlan {
  const plan = resolvePlan({
    template: 'quality-up',
    metrics: [QUALITY, ERRORS],
    plannedUnits: 5000,
    challengerShare: null,
    controlMeans: {},
  });
  return { ...plan, ...overrides };
}

/** A rollout at its first stage since START. */
export function buildState(plan: RampPlan, overrides: Partial<RampState> = {}): RampState {
  return { ...initialState(plan, START, 1, null), ...overrides };
}

/** A rollout that has reached a stage, entered some days after START. */
export function buildStateAt(
  plan: RampPlan,
  stage: number,
  enteredOnDay: number,
  overrides: Partial<RampState> = {},
): RampState {
  const share = plan.stages[stage]!.share;
  return buildState(plan, {
    stage,
    share,
    controlShare: share,
    stageEpoch: stage + 1,
    stageEnteredAt: day(enteredOnDay).toISOString(),
    gate: { stage, nStar: plan.plannedUnits },
    ...overrides,
  });
}

/** A guardrail that is proven, unless the test says otherwise. */
export function buildGuardrail(
  metric: string,
  overrides: {
    outcome?: GuardrailReading['nonInferiority']['outcome'];
    harmed?: boolean;
    measured?: GuardrailReading['measured'];
    measuredInStage?: GuardrailReading['measured'];
    nStar?: number;
  } = {},
): GuardrailReading {
  const outcome = overrides.outcome ?? 'pass';
  const measured = overrides.measured ?? { challenger: 500, control: 500 };
  return {
    metric,
    harm: {
      p: overrides.harmed ? 1e-6 : 0.8,
      alpha: 0.005,
      harmed: overrides.harmed ?? false,
      marginAbsolute: 0.04,
    },
    nonInferiority: {
      outcome,
      margin: { value: 0.05, type: 'relative', isDefault: true },
      marginAbsolute: 0.04,
      bound: outcome === 'pass' ? 0.01 : -0.01,
      burnIn: false,
      missing: null,
      requiredUnits: null,
      nStar: overrides.nStar ?? 5000,
    },
    difference: overrides.harmed ? -0.2 : 0.01,
    lift: overrides.harmed ? -0.25 : 0.0125,
    measured,
    measuredInStage: overrides.measuredInStage ?? measured,
  };
}

/** Evidence as good as it gets at an instant; a test takes away what it is about. */
export function buildReading(asOf: Date, overrides: Partial<EvidenceReading> = {}): EvidenceReading {
  return {
    asOf: asOf.toISOString(),
    estimatorVersion: 'test',
    integrity: { valid: true, srmP: 1, reasons: [] },
    guardrails: [buildGuardrail('quality'), buildGuardrail('errors')],
    benefit: [
      {
        metric: 'quality',
        outcome: 'better',
        adjustedP: 0.001,
        difference: 0.05,
        lift: 0.06,
        interval: { lower: 0.02, upper: 0.08 },
      },
    ],
    stageUnits: { challenger: 500, control: 500 },
    comparedUnits: 1000,
    lastExposureAt: asOf.toISOString(),
    lastOutcomeAt: asOf.toISOString(),
    waitingSince: null,
    fullDays: 10,
    ...overrides,
  };
}
