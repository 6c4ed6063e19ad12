import type { Reason } from '@app/stats';
import type { EvidenceReading } from './reading.js';
import { amountInWords, changeInWords } from './words.js';

/** Every guardrail whose anytime-valid test shows a loss beyond its harm margin; empty when none does. */
export function harmReasons(reading: EvidenceReading): Reason[] {
  return reading.guardrails
    .filter(({ harm }) => harm.harmed)
    .map((guardrail) => ({
      code: 'HARM',
      metric: guardrail.metric,
      message:
        `${guardrail.metric} is worse than may be accepted: ${changeInWords(guardrail)} against all units on the ` +
        `champion, and a loss beyond ${amountInWords(guardrail.harm.marginAbsolute)} is proven ` +
        `(p = ${guardrail.harm.p?.toPrecision(2) ?? '—'}, limit ${guardrail.harm.alpha.toPrecision(2)}).`,
    }));
}
