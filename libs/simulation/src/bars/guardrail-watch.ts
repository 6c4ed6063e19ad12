import {
  evaluateGuardrail,
  momentsOfProportion,
  type GuardrailEvaluation,
  type MetricPlan,
} from '@app/stats';

/** Events and units of two arms, and the guardrail they are judged by, as a rollout's look does it. */
export class GuardrailWatch {
  readonly events = { control: 0, treatment: 0 };
  readonly units = { control: 0, treatment: 0 };
  private harmP = 1;

  constructor(
    private readonly metric: MetricPlan,
    private readonly plan: {
      readonly harmAlpha: number;
      readonly nStar: number;
      readonly treatmentShare?: number;
    },
  ) {}

  clear(): void {
    for (const counts of [this.events, this.units]) counts.control = counts.treatment = 0;
    this.harmP = 1;
  }

  judge(): GuardrailEvaluation {
    const { treatmentShare, ...plan } = this.plan;
    const arm = (key: 'control' | 'treatment') => [
      { number: 1, moments: momentsOfProportion(this.events[key], this.units[key]) },
    ];
    const result = evaluateGuardrail({
      metric: this.metric,
      control: arm('control'),
      treatment: arm('treatment'),
      alphaNonInferiority: 0.05,
      previousHarmP: this.harmP,
      ...plan,
      ...(treatmentShare !== undefined && { treatmentShare: { 1: treatmentShare } }),
    });
    this.harmP = result.harmP ?? 1;
    return result;
  }
}
