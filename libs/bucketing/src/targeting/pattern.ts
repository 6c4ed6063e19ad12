import { RE2JS } from 're2js';

/** A regular expression that takes time in proportion to the text, whatever pattern somebody wrote. */
export type Pattern = (text: string) => boolean;

/** Compiling costs far more than matching, and the same pattern comes with every ruleset. */
const COMPILED = new Map<string, Pattern>();
const MOST_COMPILED = 500;

/**
 * Compiles a regular expression of RE2's syntax: no back-references, no look-around, hence no catastrophic patterns.
 *
 * @returns whether a text has the pattern somewhere in it; anchor with ^ and $ for the whole of it
 * @throws Error in words when the pattern is none
 * @see Russ Cox, Regular Expression Matching Can Be Simple And Fast (2007), https://swtch.com/~rsc/regexp/regexp1.html
 */
export function compilePattern(source: string, ignoreCase = false): Pattern {
  const key = `${ignoreCase ? 'i' : 's'}${source}`;
  const known = COMPILED.get(key);
  if (known) return known;
  const expression = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  const pattern: Pattern = (text) => expression.test(text);
  if (COMPILED.size >= MOST_COMPILED) COMPILED.clear();
  COMPILED.set(key, pattern);
  return pattern;
}

/** What is wrong with a pattern, in words; null when nothing is. */
export function patternProblem(source: string): string | null {
  try {
    compilePattern(source);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
