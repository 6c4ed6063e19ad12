import { unitBucket } from '@app/bucketing';

/** Shares of the units that workers take turns at; a shard is sixteen of the 256 buckets statistics are kept in. */
export const SHARDS = 16;

/** The shard a unit's rows and statistics are computed in: its bucket's low bits, so a bucket has one owner. */
export function shardOfBucket(bucket: number): number {
  return bucket & (SHARDS - 1);
}

/** The shard of a unit, or of an inference where no unit is known. */
export function shardOf(unit: string): number {
  return shardOfBucket(unitBucket(unit));
}
