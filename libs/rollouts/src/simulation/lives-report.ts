import { FAULT_KINDS, type FaultKind } from './fault.js';
import type { Lived } from './play-life.js';

/** What is counted over lives; plain data, so that threads can send it. */
export interface LivesReport {
  lives: number;
  receipts: number;
  /** Lives by the state they ended in, by fault, and those in which the fault struck. */
  ends: Record<string, number>;
  faults: Record<FaultKind, number>;
  struck: number;
  /** Of the lives, those lived again for the sake of a point that no strike had fallen on. */
  again: number;
  /** Points that lives came to, and those on which a strike fell. */
  seen: string[];
  struckAt: string[];
  /** Life numbers with what they broke; the first some. */
  broken: Array<{ readonly life: number; readonly fault: string; readonly what: readonly string[] }>;
  brokenLives: number;
}

const SHOWN = 20;

export function emptyReport(): LivesReport {
  return {
    lives: 0,
    receipts: 0,
    ends: {},
    faults: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>,
    struck: 0,
    again: 0,
    seen: [],
    struckAt: [],
    broken: [],
    brokenLives: 0,
  };
}

/** Adds a life, and what it broke. */
export function count(into: LivesReport, number: number, lived: Lived, what: readonly string[]): void {
  const { fault } = lived.life;
  into.lives += 1;
  into.receipts += lived.log.receipts.length;
  into.faults[fault.kind] += 1;
  if (lived.struckAt) into.struck += 1;
  const end = lived.log.rollout.state.lifecycle;
  into.ends[end] = (into.ends[end] ?? 0) + 1;
  if (what.length === 0) return;
  into.brokenLives += 1;
  if (into.broken.length < SHOWN) into.broken.push({ life: number, fault: JSON.stringify(fault), what });
}

/** Reports of parts together, in their order. */
export function mergeReports(parts: readonly LivesReport[]): LivesReport {
  const sum = (a: Record<string, number>, b: Record<string, number>): Record<string, number> =>
    Object.fromEntries(
      [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)]),
    );
  return parts.reduce(
    (all, part) => ({
      lives: all.lives + part.lives,
      receipts: all.receipts + part.receipts,
      ends: sum(all.ends, part.ends),
      faults: sum(all.faults, part.faults) as Record<FaultKind, number>,
      struck: all.struck + part.struck,
      again: all.again + part.again,
      seen: [...new Set([...all.seen, ...part.seen])],
      struckAt: [...new Set([...all.struckAt, ...part.struckAt])],
      broken: [...all.broken, ...part.broken].slice(0, SHOWN),
      brokenLives: all.brokenLives + part.brokenLives,
    }),
    emptyReport(),
  );
}
