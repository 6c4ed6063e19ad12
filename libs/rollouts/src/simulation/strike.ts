/** Where a fault strikes: at the n-th statement of a transaction, counted from 1, after passing it some times. */
export interface Strike {
  readonly statement: number;
  readonly passes: number;
}

/**
 * Asked at every point that a life comes to, in their order: whether the strike falls there. It falls once.
 *
 * A point is a place between two statements of a transaction: before one, or after its commit, when all is done and the
 * process does not know it yet. How places are told apart is the store's to say.
 *
 * @param statement number of the statement in its transaction, from 1
 */
export type Aim = (statement: number, point: string) => boolean;

/** As it was drawn. */
export function drawnAim({ statement, passes }: Strike): Aim {
  let left = passes;
  return (at) => at === statement && left-- === 0;
}

/** The first point of these that the life comes to. */
export function aimAtAny(wanted: { has(point: string): boolean }): Aim {
  return (_, point) => wanted.has(point);
}

/** The first point that none fell on before; as it was drawn where that comes first, or nothing is new. */
export function aimAtNew(struck: ReadonlySet<string>, drawn: Aim): Aim {
  return (statement, point) => {
    const due = drawn(statement, point);
    return due || !struck.has(point);
  };
}
