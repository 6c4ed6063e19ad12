/** Units whose rows are being recomputed. */
export interface ClaimedUnit {
  readonly environment: string;
  readonly unit: string;
  readonly bucket: number;
}

/**
 * `WITH` item that gives statements the claimed units under the name `claimed`; parameters $1 to $3.
 *
 * The statements that use it fetch from large tables in LATERAL subqueries behind OFFSET 0, and compare what is with
 * what should be in FULL JOINs. Both take the choice of a join from the planner: tables that grow by the thousand
 * between two ANALYZEs have estimates of one row, for which it would loop over thousands squared.
 */
export const CLAIMED = `
claimed AS MATERIALIZED (
  SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[]) AS c (environment, unit, bucket)
)`;

export function claimedParameters(units: readonly ClaimedUnit[]): unknown[] {
  return [
    units.map(({ environment }) => environment),
    units.map(({ unit }) => unit),
    units.map(({ bucket }) => bucket),
  ];
}
