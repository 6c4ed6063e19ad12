import { SeededRng } from '@app/kernel';
import { Client } from 'pg';
import { ApiClient } from '../client/api-client.js';
import { type Stack, startStack } from '../start/stack.js';
import { audit, type Finding } from './audit.js';
import { setUpCrashWorld } from './crash-world.js';
import { Ledger, Sender } from './sender.js';

export interface CrashOrder {
  readonly rounds: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

export interface CrashReport {
  readonly seed: number;
  readonly rounds: number;
  /** Kills by process. */
  readonly kills: Readonly<Record<string, number>>;
  readonly acknowledgedEvents: number;
  readonly acknowledgements: number;
  /** Events that were acknowledged from the spool. */
  readonly spooledEvents: number;
  readonly repeatedBatches: number;
  readonly retries: number;
  /** Empty: nothing was lost, nothing counted twice. */
  readonly findings: readonly Finding[];
}

const VICTIMS = ['edge', 'postgres', 'worker', 'worker-2'] as const;
const SENDERS = ['told', 'told', 'told', 'asked'] as const;
/** A killed process is back within this. */
const PATIENCE_MS = 120_000;

/**
 * A whole stack whose processes are killed with SIGKILL at random moments while services send; at the end everything
 * that was acknowledged is counted again.
 *
 * Kills come also while a process is starting and while another one is away. What is killed and when follows the seed;
 * what it meets does not.
 */
export async function crashRun(order: CrashOrder): Promise<CrashReport> {
  const stack = await startStack({ workers: 2, longestPauseMs: 250 });
  try {
    return await crash(stack, order);
  } finally {
    await stack.stop();
  }
}

async function crash(
  stack: Stack,
  { rounds, seed, say = () => undefined }: CrashOrder,
): Promise<CrashReport> {
  const rng = new SeededRng(seed);
  const edge = await openWorld(stack);
  const ledger = new Ledger();
  const senders = SENDERS.map(
    (kind, index) => new Sender(`${kind}-${index}`, edge, ledger, new SeededRng(seed + 1 + index), kind),
  );
  const sending = Promise.all(senders.map((sender) => sender.sendUntilStopped()));
  let failure: unknown;
  sending.catch((error: unknown) => (failure = error));
  const kills: Record<string, number> = Object.fromEntries(VICTIMS.map((name) => [name, 0]));
  for (let round = 1; round <= rounds; round += 1) {
    const victims = [VICTIMS[(round - 1) % VICTIMS.length]!, ...VICTIMS.filter(() => rng.next() < 0.25)];
    for (const victim of new Set(victims)) {
      await pause(rng.next() * 400);
      stack.kill(victim, 'SIGKILL');
      kills[victim]! += 1;
    }
    // Everybody gets something through before the next ones fall.
    const before = senders.map(({ acknowledged }) => acknowledged);
    await until(() => {
      if (failure !== undefined) throw failure;
      return senders.every(({ acknowledged }, index) => acknowledged > before[index]! + 1);
    });
    say(
      `round ${round} of ${rounds}: killed ${[...new Set(victims)].join(', ')}; ${ledger.ids.size} events acknowledged`,
    );
  }
  for (const sender of senders) sender.stop();
  await sending;
  await settle(stack);
  say('counting');
  const findings = await audit(stack.databaseUrl, ledger);
  return {
    seed,
    rounds,
    kills,
    acknowledgedEvents: ledger.ids.size,
    acknowledgements: ledger.acknowledgements,
    spooledEvents: ledger.spooled,
    repeatedBatches: ledger.repeated,
    retries: ledger.retries,
    findings,
  };
}

async function openWorld(stack: Stack): Promise<ApiClient> {
  const control = new ApiClient(stack.controlUrl, stack.adminKey);
  const { key } = await control.post<{ key: string }>('/api/v1/api-keys', {
    name: 'crash run',
    environment: 'production',
    role: 'service',
  });
  await setUpCrashWorld(control);
  const edge = new ApiClient(stack.edgeUrl, key);
  // The experiments have reached the edge.
  await until(async () => {
    const question = { unit: 'first', tasks: ['told', 'asked'], expose: false };
    const answer = await edge
      .post<{ assignments: Array<{ experiment?: string }> }>('/api/v1/assignments', question)
      .catch(() => null);
    return answer?.assignments[1]?.experiment === 'asked';
  });
  return edge;
}

/** Everything is up, the spool is empty, the workers have counted all of it and rest. */
async function settle(stack: Stack): Promise<void> {
  await until(async () => {
    await stack.ready();
    const figures = await (await fetch(`${stack.edgeUrl}/metrics`)).text();
    return (
      /^contender_edge_spool_bytes 0$/m.test(figures) && /^contender_edge_exposures_pending 0$/m.test(figures)
    );
  });
  const database = new Client({ connectionString: stack.databaseUrl });
  await database.connect();
  try {
    await until(async () => {
      const { rows } = await database.query<{ left: boolean }>(
        'SELECT EXISTS (SELECT FROM pending_units) OR EXISTS (SELECT FROM dirty_buckets) AS left',
      );
      return !rows[0]!.left;
    });
  } finally {
    await database.end();
  }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await Promise.resolve(holds()))) {
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE_MS / 1000} s in vain`);
    await pause(20);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
