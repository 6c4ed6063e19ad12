/** What another system's rules can say, or why they cannot. */
export type Translated<T> =
  { readonly value: T; readonly problem: null } | { readonly value: null; readonly problem: string };

/** Thrown within a translation; never leaves it. */
export class Inexpressible extends Error {}

export function expressible<T>(translate: () => T): Translated<T> {
  try {
    return { value: translate(), problem: null };
  } catch (error) {
    if (!(error instanceof Inexpressible)) throw error;
    return { value: null, problem: error.message };
  }
}
