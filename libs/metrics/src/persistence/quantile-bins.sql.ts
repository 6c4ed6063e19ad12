import { BINS_BETWEEN_BOUNDS, FIRST_POSITIVE_BIN, MOST_STEPS, STEP } from '../domain/quantile-bin.js';

const logStep = (of: string): string => `ln(${of}) / ln(${STEP}::double precision)`;
const clamped = (of: string): string => `least(${MOST_STEPS}, greatest(-${MOST_STEPS}, ${of}))`;

/** The bin of `measured`, as `domain/quantile-bin.ts` says; needs the bounds of the metric. */
export const BIN = `
  (CASE
    WHEN lower_bound IS NOT NULL AND upper_bound IS NOT NULL THEN
      least(${BINS_BETWEEN_BOUNDS}, greatest(0,
        ceil((measured - lower_bound) / (upper_bound - lower_bound) * ${BINS_BETWEEN_BOUNDS})))
    WHEN measured > 0 THEN ${FIRST_POSITIVE_BIN} + ${clamped(`ceil(${logStep('measured')})`)}
    WHEN measured < 0 THEN -(${FIRST_POSITIVE_BIN} + ${clamped(`floor(${logStep('-measured')}) + 1`)})
    ELSE 0
  END)::smallint`;
