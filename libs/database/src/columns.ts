import type { ValueTransformer } from 'typeorm';

/** bigint arrives as text; every bigint of ours (versions, counts, sequence numbers) fits a double exactly. */
export const bigintColumn: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};
