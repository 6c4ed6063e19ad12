import { streamOf } from '@app/simulation';
import { checkLife } from './check-life.js';
import { drawLife, FAULT_KINDS, type FaultKind, type Life } from './life.js';
import { type Lived, playLife } from './play-life.js';
import type { RampHost } from './ramp-host.js';

/** What is counted over lives; plain data, so that threads can send it. */
export interface LivesReport {
  lives: number;
  receipts: number;
  /** Lives by the state they ended in, by fault, and those in which the fault struck. */
  ends: Record<string, number>;
  faults: Record<FaultKind, number>;
  struck: number;
  /** Ways of transactions that were seen, and those on which a strike fell. */
  seen: string[];
  struckAt: string[];
  /** Life numbers with what they broke; the first some. */
  broken: Array<{ readonly life: number; readonly fault: string; readonly what: readonly string[] }>;
  brokenLives: number;
}

/** Where lives are lived. */
export interface Lives {
  /** Statements of the longest transaction there. */
  readonly longest: number;
  /** A world for one life; `key` is unique in it. */
  host(life: Life, key: string): RampHost | Promise<RampHost>;
}

const SHOWN = 20;

export function emptyReport(): LivesReport {
  return {
    lives: 0,
    receipts: 0,
    ends: {},
    faults: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>,
    struck: 0,
    seen: [],
    struckAt: [],
    broken: [],
    brokenLives: 0,
  };
}

/** Lives the lives with the given numbers, each a function of (seed, number) and of nothing else. */
export async function simulateLives(
  where: Lives,
  { seed, from, to, thoroughEvery }: { seed: number; from: number; to: number; thoroughEvery: number },
): Promise<LivesReport> {
  const report = emptyReport();
  const seen = new Set<string>();
  const struckAt = new Set<string>();
  for (let number = from; number < to; number += 1) {
    const { lived, ways } = await liveOnce(where, seed, number);
    for (const way of ways) seen.add(way);
    if (lived.struckAt) struckAt.add(lived.struckAt);
    const what = checkLife(lived, { thorough: number % thoroughEvery === 0 });
    count(report, number, lived, what);
  }
  return { ...report, seen: [...seen], struckAt: [...struckAt] };
}

/** Lives one life, the same at every call. */
export async function liveOnce(
  where: Lives,
  seed: number,
  number: number,
): Promise<{ readonly lived: Lived; readonly ways: ReadonlySet<string> }> {
  const random = streamOf(seed, 'ramp', number);
  const life = drawLife(random, where.longest);
  const key = `life-${seed}-${number}`;
  const host = await where.host(life, key);
  return { lived: await playLife(host, life, key, random), ways: host.statements.seen };
}

function count(into: LivesReport, number: number, lived: Lived, what: readonly string[]): void {
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
      seen: [...new Set([...all.seen, ...part.seen])],
      struckAt: [...new Set([...all.struckAt, ...part.struckAt])],
      broken: [...all.broken, ...part.broken].slice(0, SHOWN),
      brokenLives: all.brokenLives + part.brokenLives,
    }),
    emptyReport(),
  );
}
