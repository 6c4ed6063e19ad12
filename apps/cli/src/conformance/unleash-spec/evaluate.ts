import { type CompiledRuleset, decide } from '@app/bucketing';
import type { SpecContext, SpecVariantResult } from './spec.types.js';
import { ANY_UNIT, ON, type TranslatedStrategy } from './translate-feature.js';
import type { TranslatedFeature } from './translate-specification.js';

/** What a feature answers a context: off, on, or on with a variant. */
export type SpecAnswer = { readonly on: false } | { readonly on: true; readonly variant: string | null };

/** Asks one strategy of a translated feature: the arm that takes the context, or null. */
export type AskStrategy = (strategy: TranslatedStrategy, context: SpecContext) => string | null;

/** The first strategy that takes a unit answers, as in an Unleash SDK. */
export function evaluate(
  { strategies }: TranslatedFeature,
  context: SpecContext,
  ask: AskStrategy,
): SpecAnswer {
  for (const strategy of strategies) {
    const arm = ask(strategy, withUnit(context, strategy));
    if (arm !== null) return { on: true, variant: arm === ON ? null : arm };
  }
  return { on: false };
}

/** By our own evaluator, in this process. */
export const askOurselves =
  (compiled: CompiledRuleset): AskStrategy =>
  ({ task, unitField }, context) => {
    const attributes = { ...context.properties, ...context };
    const unit = attributes[unitField ?? ANY_UNIT];
    const decision = decide(
      compiled,
      task.key,
      unit === undefined || unit === null ? null : String(unit),
      attributes,
    );
    return decision.variant;
  };

/** As the specification writes it. */
export function variantResult(answer: SpecAnswer, { feature }: TranslatedFeature): SpecVariantResult {
  if (!answer.on || answer.variant === null)
    return { name: 'disabled', enabled: false, feature_enabled: answer.on };
  const all = [
    ...(feature.strategies ?? []).flatMap(({ variants = [] }) => variants),
    ...(feature.variants ?? []),
  ];
  const { payload } = all.find(({ name }) => name === answer.variant) ?? {};
  return {
    name: answer.variant,
    ...(payload !== undefined && { payload }),
    enabled: true,
    feature_enabled: true,
  };
}

/** Callers of ours say what the unit is; an SDK of Unleash's chooses one where it sticks to nothing in particular. */
function withUnit(context: SpecContext, { callersUnit }: TranslatedStrategy): SpecContext {
  const said = { ...context.properties, ...context };
  const unit = callersUnit.map((field) => said[field]).find((one) => one !== undefined && one !== '');
  return { ...context, properties: { ...context.properties, [ANY_UNIT]: String(unit ?? 'anybody') } };
}
