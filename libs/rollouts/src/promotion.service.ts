import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/governance';
import { Clock, uuidv7 } from '@app/kernel';
import type { Reason } from '@app/stats';
import { checkScheme } from './domain/check-scheme.js';
import { initialState } from './domain/open-stage.js';
import { type PromotionStart, startOfPromotion } from './domain/promotion.js';
import { armWeights, type RampPlan, type RampTemplate } from './domain/ramp-plan.js';
import { type PlanInput, resolvePlan } from './domain/resolve-plan.js';
import type { Rollout } from './domain/rollout.js';
import { RolloutError } from './domain/rollout.errors.js';
import { percent, shareName } from './domain/words.js';
import { type PromotionCandidate, PromotionSource } from './ports/promotion-source.js';
import { RolloutEffects } from './ports/rollout-effects.js';
import { RolloutStore } from './ports/rollout.store.js';
import { type Rehearsal, rehearse } from './rehearsal/rehearse.js';
import { RolloutMover } from './rollout-mover.service.js';

/** Runs per question of a rehearsal: chances to about eight points, in some seconds. */
const REHEARSAL_RUNS = 40;

export interface PromotionRequest extends Pick<
  PlanInput,
  'stages' | 'freezeWindows' | 'carryWinners' | 'maxRolloutDays' | 'dryRun'
> {
  readonly variant: string;
  /** What the rollout is for; the experiment's template when absent. */
  readonly template?: RampTemplate;
  /** Needed unless the latest look says SHIP. */
  readonly reason?: string;
}

/** Turns an experiment's variant into a rollout. */
@Injectable()
export class PromotionService {
  constructor(
    private readonly store: RolloutStore,
    private readonly source: PromotionSource,
    private readonly effects: RolloutEffects,
    private readonly mover: RolloutMover,
    private readonly clock: Clock,
  ) {}

  /** Concludes the experiment and begins the rollout, as one step. */
  promote(experimentKey: string, request: PromotionRequest, actor: Actor): Promise<Rollout> {
    return this.store.transaction(async () => {
      const candidate = await this.source.candidate(experimentKey, request.variant, actor);
      const now = this.clock.now();
      const start = startOfPromotion({ ...candidate, experiment: experimentKey }, now);
      const reason = reasonFor(start, request.reason);
      await this.assertFree(candidate, now);
      const rollout = await this.build(candidate, request, start, actor, now);
      await this.store.insert(rollout);
      await this.effects.open(rollout, candidate.metricIds);
      await this.source.conclude(candidate, reason, actor);
      await this.writeDown(rollout, start, reason, actor, now);
      return rollout;
    });
  }

  /**
   * What exactly this plan would do on the task's own history, by simulation. Nothing is begun.
   *
   * @param pause called between runs, so that whoever else has work to do gets a turn
   */
  async rehearse(
    experimentKey: string,
    request: PromotionRequest & { readonly runs?: number; readonly seed?: number },
    actor: Actor,
    pause?: () => Promise<void>,
  ): Promise<{ readonly plan: RampPlan; readonly rehearsal: Rehearsal }> {
    const { runs = REHEARSAL_RUNS, seed = 1, ...asked } = request;
    const candidate = await this.source.candidate(experimentKey, asked.variant, actor);
    const start = startOfPromotion({ ...candidate, experiment: experimentKey }, this.clock.now());
    const plan = planOf(candidate, asked, start);
    const history = (await this.source.history(candidate)) ?? { unitsPerDay: 0, champion: {} };
    return { plan, rehearsal: await rehearse(plan, history, { runs, seed, ...(pause && { pause }) }) };
  }

  private async assertFree(candidate: PromotionCandidate, now: Date): Promise<void> {
    const active = await this.store.active(candidate.task, candidate.environment);
    if (active) {
      throw new RolloutError(
        'ROLLOUT_ALREADY_ACTIVE',
        `Rollout ${active.key} moves ${candidate.task} in ${candidate.environment} already (${percent(active.state.share)}); one at a time.`,
        { key: active.key },
      );
    }
    const cooling = await this.store.coolingDown(candidate, now);
    if (cooling) {
      throw new RolloutError(
        'ROLLOUT_COOLING_DOWN',
        `This model was rolled back by rollout ${cooling.key}; it may be promoted again from ${cooling.coolDownUntil}.`,
        { key: cooling.key, until: cooling.coolDownUntil },
      );
    }
  }

  private async build(
    candidate: PromotionCandidate,
    request: PromotionRequest,
    start: PromotionStart,
    actor: Actor,
    now: Date,
  ): Promise<Rollout> {
    const plan = planOf(candidate, request, start);
    const at = now.toISOString();
    const key = await this.freeKey(candidate.experimentKey);
    checkScheme(candidate, key, plan);
    return {
      id: uuidv7(now),
      key,
      task: candidate.task,
      environment: candidate.environment,
      experimentId: candidate.experimentId,
      championId: candidate.championId!,
      challengerId: candidate.challengerId,
      challengerVariant: candidate.variant,
      plan,
      state: initialState(plan, at, 1, start.kind === 'shipped' ? start.look : null),
      revision: 1,
      coolDownUntil: null,
      createdBy: actor.name,
      createdAt: at,
      finishedAt: null,
    };
  }

  /** A rollout has its experiment's key; a second attempt gets -2. */
  private async freeKey(base: string): Promise<string> {
    let key = base;
    for (let attempt = 2; await this.store.byKey(key); attempt += 1) key = `${base}-${attempt}`;
    return key;
  }

  private async writeDown(
    rollout: Rollout,
    start: PromotionStart,
    reason: string,
    actor: Actor,
    now: Date,
  ): Promise<void> {
    const { stage, share } = rollout.state;
    const first = shareName(rollout.plan, stage);
    const message =
      start.kind === 'shipped'
        ? `${actor.name} promoted the experiment's winner: the rollout begins at ${first}, where its share does not fall.`
        : `${actor.name} began the rollout at ${first} although ${start.why}: ${reason}.`;
    await this.mover.write(rollout, {
      step: 'CREATED',
      decidedBy: 'person',
      actor: actor.name,
      at: now,
      reasons: [{ code: start.kind === 'shipped' ? 'SHIPPED' : 'UNPROVEN', message }, harmLevel(rollout)],
      stage: { before: stage, after: stage },
      share: { before: 0, after: share },
      evidence: null,
      reading: null,
    });
    await this.mover.record(null, rollout, 'promote', reason, actor);
    await this.effects.publish(
      rollout.environment,
      `rollout ${rollout.key} began at ${Object.entries(armWeights(share))
        .map(([arm, weight]) => `${arm} ${percent(weight)}`)
        .join(', ')}`,
    );
  }
}

function planOf(candidate: PromotionCandidate, request: PromotionRequest, start: PromotionStart): RampPlan {
  const { variant: _, reason: __, template, ...asked } = request;
  return resolvePlan({
    ...asked,
    template: template ?? candidate.template,
    metrics: candidate.metrics,
    plannedUnits: candidate.plannedUnits,
    minDays: candidate.minDays,
    challengerShare: start.kind === 'shipped' ? candidate.challengerShare : null,
    controlMeans: candidate.look?.controlMeans ?? {},
  });
}

/** The rollout spends a level of its own on false rollbacks; whoever adds it up shall find it said. */
function harmLevel({ plan }: Rollout): Reason {
  return {
    code: 'HARM_LEVEL',
    message: `Harm is judged at a level of ${plan.alphaHarm} of the rollout's own; with the experiment's that makes ${2 * plan.alphaHarm} in total.`,
  };
}

function reasonFor(start: PromotionStart, given: string | undefined): string {
  if (given !== undefined) return given;
  if (start.kind === 'shipped') return 'the latest look says SHIP';
  throw new RolloutError(
    'REASON_REQUIRED',
    `Say why: ${start.why}. With a reason the rollout begins at the first stage.`,
    { errors: [{ field: 'reason', message: 'reason is needed' }] },
  );
}
