/** Units per day of an experiment; the total over `days` is `total`, in whole units. */
export function arrivals(pattern: 'constant' | 'weekly', days: number, total: number): number[] {
  // A quiet weekend: two days at two fifths of a working day.
  const shape = Array.from({ length: days }, (_, day) => (pattern === 'weekly' && day % 7 >= 5 ? 0.4 : 1));
  const sum = shape.reduce((all, share) => all + share, 0);
  let given = 0;
  let exact = 0;
  return shape.map((share) => {
    exact += (total * share) / sum;
    const today = Math.round(exact) - given;
    given += today;
    return today;
  });
}

/** The treatment's share of units at each stage of a ramp. */
export const RAMP: readonly number[] = [0.01, 0.05, 0.25, 0.5];
