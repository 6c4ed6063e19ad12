import path from 'node:path';
import { PostgresEventStore, PostgresRefusedEventStore } from '@app/events';
import type { Clock } from '@app/kernel';
import { Spool } from '@app/spool';
import type { Pool } from 'pg';
import type { EdgeConfig } from '../config.js';
import { GROUP_LIMITS, GroupCommit } from '../events/group-commit.js';
import { log } from '../log.js';
import type { Monitoring } from '../monitoring/monitoring.js';
import { EventKeeper } from './event-keeper.js';
import { SpoolDrain } from './spool-drain.js';

/** What is drained is given back to the disk in such pieces. */
const SEGMENT_BYTES = 16 * 1024 * 1024;

/** How events become durable, wired: groups into the database, the spool beside it, and the drain between the two. */
export interface EventPath {
  readonly keeper: EventKeeper;
  readonly spool: Spool;
  readonly drain: SpoolDrain;
}

/** @throws FolderLocked another edge works with the spool's folder */
export async function openEventPath(
  config: EdgeConfig,
  { pool, clock, monitoring }: { pool: Pool; clock: Clock; monitoring: Monitoring },
): Promise<EventPath> {
  const spool = await Spool.open({
    folder: config.CONTENDER_SPOOL_DIR ?? path.join(config.CONTENDER_DATA_DIR, 'edge', 'spool'),
    maxBytes: config.CONTENDER_SPOOL_MAX_BYTES,
    segmentBytes: SEGMENT_BYTES,
    onDamage: (damage) => {
      monitoring.spoolDamage.inc();
      log('error', 'a part of the spool cannot be read; a damaged segment is kept beside it', { ...damage });
    },
  });
  if (spool.cutBytes > 0) {
    log('warn', 'a write into the spool was interrupted; its unacknowledged end was cut off', {
      bytes: spool.cutBytes,
    });
  }
  const store = new GroupCommit(new PostgresEventStore(pool), {
    ...GROUP_LIMITS,
    lanes: config.CONTENDER_EDGE_CONNECTIONS,
  });
  const keeper = new EventKeeper(store, spool, (reason) => drain.wake(reason));
  const drain: SpoolDrain = new SpoolDrain({
    spool,
    store,
    refused: new PostgresRefusedEventStore(pool),
    clock,
    monitoring,
    onBack: () => keeper.storeIsBack(),
  });
  return { keeper, spool, drain };
}
