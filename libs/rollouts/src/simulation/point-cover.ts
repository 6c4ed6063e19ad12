/** Lives kept per point, to be lived again for it: after a strike of their own they may not come to it a second time. */
const LIVES_KEPT = 4;

interface Point {
  /** Numbers of lives that came to it. */
  readonly lives: number[];
  tries: number;
}

/** Which points lives came to, and which of them a strike has fallen on. */
export class PointCover {
  private readonly points = new Map<string, Point>();
  readonly struck = new Set<string>();

  /** Writes down a life that was lived. */
  lived(life: number, points: Iterable<string>, struckAt: string | null): void {
    for (const name of points) {
      const point = this.points.get(name) ?? { lives: [], tries: 0 };
      this.points.set(name, point);
      if (point.lives.length < LIVES_KEPT && !point.lives.includes(life)) point.lives.push(life);
    }
    if (struckAt !== null) this.struck.add(struckAt);
  }

  get seen(): string[] {
    return [...this.points.keys()];
  }

  get known(): number {
    return this.points.size;
  }

  /** Points that no strike fell on and that a life is left to be lived again for. */
  get left(): number {
    return this.open().length;
  }

  /**
   * The point to be struck now and a life that comes to it, when there is no time left for chance; null while there is.
   *
   * @param lives how many are to be lived in all, and how many of them are lived
   */
  next({
    lives,
    done,
  }: {
    lives: number;
    done: number;
  }): { readonly point: string; readonly life: number } | null {
    // Chance has the first half: what no life has come to cannot be struck.
    if (done < lives / 2) return null;
    const open = this.open();
    // Some come to points that nobody has seen before, and some don't come where they came to before.
    if (open.length === 0 || lives - done > 1.25 * open.length) return null;
    const [name, point] = open[0]!;
    const life = point.lives[point.tries]!;
    point.tries += 1;
    return { point: name, life };
  }

  private open(): Array<[string, Point]> {
    return [...this.points].filter(
      ([name, { lives, tries }]) => !this.struck.has(name) && tries < lives.length,
    );
  }
}
