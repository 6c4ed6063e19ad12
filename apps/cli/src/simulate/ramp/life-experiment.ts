import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { Actor } from '@app/governance';
import { DAWN, type Life } from '@app/rollouts';
import { type SimulatedProcess, TASK } from './simulated-process.js';

const HOUR_MS = 3_600_000;
const MEASURED_MS = 8 * 24 * HOUR_MS;

/** Runs the experiment that a life's rollout comes from, up to the moment of its promotion. */
export async function runExperiment(
  { clock, drafts, experiments }: SimulatedProcess,
  admin: Client,
  { life, key, actor }: { life: Life; key: string; actor: Actor },
): Promise<void> {
  clock.moveTo(new Date(DAWN - MEASURED_MS));
  const { id } = await drafts.create(
    {
      ...{ key, task: TASK, environment: 'production', hypothesis: 'The new model answers better.' },
      template: life.template === 'emergency' ? null : life.template,
      variants: [
        { key: 'a', model: 'old', weight: 1, control: true },
        { key: 'b', model: 'new', weight: 1, control: false },
      ],
      trafficShare: life.shippedAt === null ? 0.02 : 2 * life.shippedAt,
      metrics: [
        { metric: 'quality', role: 'success', mde: { value: 0.05, type: 'relative' } },
        { metric: 'errors', role: 'guardrail', margin: { value: 0.02, type: 'absolute' } },
      ],
      plan: { plannedUnits: life.plannedUnits },
    },
    actor,
  );
  await experiments.start(key, actor);
  if (life.shippedAt === null) return;
  const reasons = [{ code: 'BETTER', message: 'b is better.' }];
  const comparisons = [{ control: 'a', treatment: 'b', verdict: 'SHIP', reasons, metrics: [] }];
  await admin.query(
    `INSERT INTO looks
       (id, subject_id, number, at, trigger, inputs, inputs_digest, estimator_version, result, result_digest, created_at)
     VALUES ($1, $2, 1, $3, 'schedule', '{}', 'inputs', '1', $4, 'digest', $3)`,
    [randomUUID(), id, new Date(DAWN - HOUR_MS), JSON.stringify({ summaries: {}, comparisons })],
  );
}
