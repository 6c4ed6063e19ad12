import { streamOf } from '@app/simulation';
import { checkLife } from './check-life.js';
import { count, emptyReport, type LivesReport } from './lives-report.js';
import { drawLife, type Life } from './life.js';
import { type Lived, playLife } from './play-life.js';
import { PointCover } from './point-cover.js';
import type { RampHost } from './ramp-host.js';
import { type Aim, aimAtAny, aimAtNew, drawnAim } from './strike.js';

/** Where lives are lived. */
export interface Lives {
  /** Statements of the longest transaction there. */
  readonly longest: number;
  /** A world for one life; `key` is unique in it. */
  host(life: Life, key: string): RampHost | Promise<RampHost>;
}

/** Which lives, and how they are lived. */
export interface LifeOrder {
  readonly seed: number;
  readonly number: number;
  /** The key of its rollout, where the number's own is taken. */
  readonly key?: string;
  /** Where the strike falls instead of where it was drawn; `drawn` is null in a life whose fault is none. */
  readonly aim?: (drawn: Aim | null) => Aim | null;
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
    const { lived, points } = await liveOnce(where, { seed, number });
    for (const point of points) seen.add(point);
    if (lived.struckAt) struckAt.add(lived.struckAt);
    count(report, number, lived, checkLife(lived, { thorough: number % thoroughEvery === 0 }));
  }
  return { ...report, seen: [...seen], struckAt: [...struckAt] };
}

/**
 * Lives lives one after the other, and sends their strikes where none fell before. There are more points than strikes meet
 * by chance: what is left towards the end is struck in lives that came to it, lived again. The same for a seed, and no
 * life is a function of its number alone.
 *
 * @param progress called after each life
 */
export async function coverPoints(
  where: Lives,
  { seed, lives, thoroughEvery }: { seed: number; lives: number; thoroughEvery: number },
  progress: (done: number) => void = () => undefined,
): Promise<LivesReport> {
  const report = emptyReport();
  const cover = new PointCover();
  let fresh = 0;
  for (
    let done = 0;
    done < lives || (done < lives + OVERTIME && cover.known <= lives && cover.left > 0);
    done += 1
  ) {
    const left = cover.next({ lives, done });
    const number = left ? left.life : fresh;
    if (!left) fresh += 1;
    const { lived, points } = await liveOnce(where, {
      seed,
      number,
      key: `life-${seed}-${done}`,
      aim: (drawn) => (left ? aimAtAny(new Set([left.point])) : drawn && aimAtNew(cover.struck, drawn)),
    });
    cover.lived(number, points, lived.struckAt);
    if (left) report.again += 1;
    count(report, number, lived, checkLife(lived, { thorough: done % thoroughEvery === 0 }));
    progress(done + 1);
  }
  return { ...report, seen: cover.seen, struckAt: [...cover.struck] };
}

/** Lives beyond those asked for, when the last ones came to something new. */
const OVERTIME = 20;

/** Lives one life, the same at every call with the same order. */
export async function liveOnce(
  where: Lives,
  { seed, number, key = `life-${seed}-${number}`, aim = (drawn) => drawn }: LifeOrder,
): Promise<{ readonly lived: Lived; readonly points: ReadonlySet<string> }> {
  const random = streamOf(seed, 'ramp', number);
  const life = drawLife(random, where.longest);
  const { fault } = life;
  const drawn = fault.kind === 'crash' || fault.kind === 'refusal' ? drawnAim(fault) : null;
  const host = await where.host(life, key);
  const lived = await playLife(host, { life, key, aim: aim(drawn) }, random);
  return { lived, points: host.statements.seen };
}
