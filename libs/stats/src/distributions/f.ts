import { incompleteBeta } from '../special/incomplete-beta.js';
import type { LogTails } from '../special/incomplete-gamma.js';
import { requireProbability } from '../stats-error.js';
import { betaLogit } from './beta.js';
import { requireShape } from './shapes.js';

/** Logs of both tails of F(df1, df2) at x. */
export function fLogTails(x: number, df1: number, df2: number): LogTails {
  requireDegrees(df1, df2);
  if (x <= 0) return { logLower: -Infinity, logUpper: 0 };
  const odds = (df1 / df2) * x;
  return incompleteBeta(df1 / 2, df2 / 2, 1 / (1 + 1 / odds), 1 / (1 + odds));
}

/** P(X ≤ x) of F(df1, df2). */
export const fCdf = (x: number, df1: number, df2: number): number =>
  Math.exp(fLogTails(x, df1, df2).logLower);

/** P(X > x) of F(df1, df2). */
export const fSf = (x: number, df1: number, df2: number): number => Math.exp(fLogTails(x, df1, df2).logUpper);

/** ln P(X ≤ x) of F(df1, df2). */
export const fLogCdf = (x: number, df1: number, df2: number): number => fLogTails(x, df1, df2).logLower;

/** ln P(X > x) of F(df1, df2). */
export const fLogSf = (x: number, df1: number, df2: number): number => fLogTails(x, df1, df2).logUpper;

/** The x with P(X ≤ x) = p of F(df1, df2). */
export function fQuantile(p: number, df1: number, df2: number): number {
  requireProbability(p);
  requireDegrees(df1, df2);
  return (df2 / df1) * Math.exp(betaLogit(df1 / 2, df2 / 2, p, 'lower'));
}

/** The x with P(X > x) = q of F(df1, df2). */
export function fIsf(q: number, df1: number, df2: number): number {
  requireProbability(q, 'q');
  requireDegrees(df1, df2);
  return (df2 / df1) * Math.exp(betaLogit(df1 / 2, df2 / 2, q, 'upper'));
}

function requireDegrees(df1: number, df2: number): void {
  requireShape(df1 / 2, 'df1 / 2');
  requireShape(df2 / 2, 'df2 / 2');
}
