import {
  buildDefinition,
  buildExperiment,
  buildMetric,
  buildVariant,
} from '../testing/experiment.builder.js';
import { checkContent } from './check-content.js';

const control = buildVariant({ key: 'control', control: true });
const refusal = (
  change: Parameters<typeof buildExperiment>[0],
  definitions = [buildDefinition()],
): string | null => {
  try {
    checkContent(buildExperiment(change), 'user', definitions);
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the parts of an experiment', () => {
  it('fit together in a plain draft', () => expect(refusal({})).toBeNull());

  it.each<[string, Parameters<typeof buildExperiment>[0], string]>([
    ['a single variant', { variants: [control] }, 'VARIANTS_TOO_FEW'],
    [
      'two variants of one name',
      { variants: [control, buildVariant({ key: 'control' })] },
      'VARIANT_REPEATED',
    ],
    ['no control', { variants: [buildVariant({ key: 'a' }), buildVariant({ key: 'b' })] }, 'CONTROL_MISSING'],
    ['two controls', { variants: [control, buildVariant({ control: true })] }, 'CONTROL_REPEATED'],
    [
      'a control without weight',
      { variants: [{ ...control, weight: 0 }, buildVariant()] },
      'WEIGHTS_NOT_VALID',
    ],
    ['no challenger with weight', { variants: [control, buildVariant({ weight: 0 })] }, 'WEIGHTS_NOT_VALID'],
    ['a success metric without an mde', { metrics: [buildMetric({ mde: null })] }, 'MDE_MISSING'],
    [
      'a margin of a success metric',
      { metrics: [buildMetric({ margin: { value: 1, type: 'absolute' } })] },
      'METRIC_FIELDS_NOT_ALLOWED',
    ],
    ['an mde of a guardrail', { metrics: [buildMetric({ role: 'guardrail' })] }, 'METRIC_FIELDS_NOT_ALLOWED'],
    ['an override into nowhere', { overrides: { me: 'nowhere' } }, 'VARIANT_UNKNOWN'],
    ['an end before the start', { startAt: new Date(2), endAt: new Date(1) }, 'DATES_NOT_ORDERED'],
    ['an end at the start', { startAt: new Date(2), endAt: new Date(2) }, 'DATES_NOT_ORDERED'],
    ['an audience that is none', { audience: { attribute: '', operator: 'exists' } }, 'AUDIENCE_NOT_VALID'],
  ])('do not with %s', (_name, change, code) => expect(refusal(change)).toBe(code));

  it('keep an arm without weight beside others: it was dropped', () => {
    const variants = [control, buildVariant(), buildVariant({ key: 'dropped', weight: 0 })];
    expect(refusal({ variants })).toBeNull();
  });

  it('only look at metrics that cannot decide', () => {
    const quantile = buildDefinition({ kind: 'quantile', quantile: 0.95 });
    const aimless = buildDefinition({ direction: 'none' });
    const looked = [buildMetric({ role: 'exploratory', mde: null })];
    expect(refusal({}, [quantile])).toBe('METRIC_NOT_DECIDABLE');
    expect(refusal({}, [aimless])).toBe('METRIC_HAS_NO_DIRECTION');
    expect(refusal({ metrics: looked }, [quantile])).toBeNull();
    expect(refusal({ metrics: looked }, [aimless])).toBeNull();
  });

  it('are measured at the unit that is randomised', () => {
    expect(refusal({}, [buildDefinition({ unitType: 'tenant' })])).toBe('METRIC_UNIT_MISMATCH');
    expect(refusal({}, [buildDefinition({ unitType: 'user' })])).toBeNull();
  });
});
