import { attributesSchema } from '@app/wire';
import { compile } from '../http/validation.js';

const areAttributes = compile<Record<string, unknown>>(attributesSchema);
const MOST = 64;

/** Contexts of other protocols are filled for many purposes: what is no attribute to us is left out. */
export function usableAttributes(
  context: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (areAttributes(context) && !Object.hasOwn(context, '__proto__')) return context;
  const kept: Record<string, unknown> = {};
  let count = 0;
  for (const [name, value] of Object.entries(context)) {
    if (count === MOST) break;
    if (name === '__proto__' || !areAttributes({ [name]: value })) continue;
    kept[name] = value;
    count += 1;
  }
  return kept;
}
