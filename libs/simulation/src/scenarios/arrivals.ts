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

/** Stages of a ramp: the treatment's share of units, and the share of all days spent there. */
export const RAMP: ReadonlyArray<{ readonly share: number; readonly days: number }> = [
  { share: 0.01, days: 0.25 },
  { share: 0.05, days: 0.25 },
  { share: 0.25, days: 0.25 },
  { share: 0.5, days: 0.25 },
];
