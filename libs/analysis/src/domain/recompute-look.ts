import { canonicalJson, digestOf } from '@app/kernel';
import { analyseLook, ESTIMATOR_VERSION, type LookResult } from '@app/stats';
import { createHash } from 'node:crypto';
import type { Look, LookInputs } from './look.js';

/** SHA-256 of a text, in lower-case hexadecimal. */
export function digestOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * The result of a look from its stored inputs alone, without a database.
 *
 * @param inputs canonical JSON of `LookInputs`, as stored
 */
export function recomputeLook(inputs: string): LookResult {
  const { input } = JSON.parse(inputs) as LookInputs;
  return analyseLook(input);
}

/** What a stored look says of itself when it is checked. */
export interface LookCheck {
  /** The inputs are the ones its digest was taken of. */
  readonly inputsIntact: boolean;
  /** The result is the one its digest was taken of. */
  readonly resultIntact: boolean;
  /** Today's estimators give the same result; null when the look was made by another version of them. */
  readonly reproduced: boolean | null;
}

/** Checks a stored look: its digests, and that its inputs still give its result. */
export function checkLook(
  look: Pick<Look, 'inputs' | 'inputsDigest' | 'estimatorVersion' | 'resultDigest'> & {
    /** Canonical JSON, as stored. */
    readonly result: string;
  },
): LookCheck {
  return {
    inputsIntact: digestOfText(look.inputs) === look.inputsDigest,
    resultIntact: digestOfText(look.result) === look.resultDigest,
    reproduced:
      look.estimatorVersion === ESTIMATOR_VERSION
        ? digestOf(recomputeLook(look.inputs)) === look.resultDigest
        : null,
  };
}

/** The inputs of two looks compared without what only says which look it was. */
export function sameEvidence(a: LookInputs, b: LookInputs): boolean {
  const core = ({ at, input: { memory: _memory, ...input } }: LookInputs): string =>
    canonicalJson({ at, input });
  return core(a) === core(b);
}
