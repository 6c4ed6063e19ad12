import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import type { Actor } from '@app/governance';
import { type Model, ModelService, modelRef, Publisher, TaskService } from '@app/registry';
import { SubjectStore } from '@app/subjects';
import { armWeights, controlShareOf, DAY_SECONDS, isShadow } from '../domain/ramp-plan.js';
import type { Rollout } from '../domain/rollout.js';
import { RolloutEffects } from '../ports/rollout-effects.js';

/** Days in which outcomes of units exposed before the end still count. */
const GRACE_DAYS = 7;

/** Effects on the subjects, the registry, the ruleset and the workers' schedule. */
@Injectable()
export class SubjectRolloutEffects extends RolloutEffects {
  constructor(
    private readonly database: Database,
    private readonly subjects: SubjectStore,
    private readonly tasks: TaskService,
    private readonly models: ModelService,
    private readonly publisher: Publisher,
  ) {
    super();
  }

  async open(rollout: Rollout, metricIds: readonly string[]): Promise<void> {
    const task = await this.tasks.find(rollout.task);
    const openedAt = new Date(rollout.createdAt);
    await this.subjects.open(
      {
        id: rollout.id,
        kind: 'rollout',
        key: rollout.key,
        environment: rollout.environment,
        task: rollout.task,
        unitType: task.unitType,
        assignment: 'platform',
        covariates: [],
        dimensions: [],
        openedAt,
      },
      metricIds,
      { ...shapeOf(rollout, rollout.state.share), reason: `stage ${rollout.state.stage + 1}` },
    );
    if (isShadow(rollout.plan.stages[rollout.state.stage])) {
      await this.database.query(`UPDATE subjects SET shadow_until = 'infinity' WHERE id = $1`, [rollout.id]);
    }
    await this.models.markServed([rollout.challengerId]);
    await this.database.query(`INSERT INTO schedules (kind, subject_id, due_at) VALUES ('rollout', $1, $2)`, [
      rollout.id,
      openedAt,
    ]);
  }

  async openEpoch(rollout: Rollout, share: number, at: Date, reason: string): Promise<number> {
    await this.endShadow(rollout.id, at);
    return this.subjects.openEpoch(rollout.id, { ...shapeOf(rollout, share), openedAt: at, reason });
  }

  async crown(rollout: Rollout, reason: string, actor: Actor): Promise<void> {
    const [challenger] = await this.models.byIds([rollout.challengerId]);
    await this.tasks.setChampion(
      rollout.task,
      { environment: rollout.environment, model: modelRef(challenger as Model), reason },
      actor,
    );
  }

  async close(rollout: Rollout, at: Date): Promise<void> {
    await this.endShadow(rollout.id, at);
    await this.subjects.close(rollout.id, {
      exposuresUntil: at,
      outcomesUntil: new Date(at.getTime() + GRACE_DAYS * DAY_SECONDS * 1000),
    });
  }

  /** Answers to mirrored requests are paired until somebody gets the challenger, or nobody ever will. */
  private async endShadow(rolloutId: string, at: Date): Promise<void> {
    await this.database.query(
      `UPDATE subjects SET shadow_until = $2 WHERE id = $1 AND shadow_until = 'infinity'`,
      [rolloutId, at],
    );
  }

  publish(environment: string, cause: string): Promise<void> {
    return this.publisher.publish(environment, cause);
  }
}

function shapeOf(
  rollout: Rollout,
  share: number,
): { weights: Readonly<Record<string, number>>; shape: Record<string, unknown> } {
  return {
    weights: armWeights(share),
    shape: {
      share,
      controlShare: controlShareOf(share),
      champion: rollout.championId,
      challenger: rollout.challengerId,
    },
  };
}
