import type { VerdictCode } from '@app/stats';
import { DAY_SECONDS } from './ramp-plan.js';
import { CONCLUDING_LOOK_DAYS, type ConcludingLook } from './ramp-state.js';
import { RolloutError } from './rollout.errors.js';

/** What the experiment's latest look and the task's champion say about promoting a variant. */
export interface PromotionFacts {
  readonly experiment: string;
  readonly state: string;
  /** How the experiment was concluded; null while it runs. */
  readonly decision: string | null;
  readonly variant: string;
  readonly controlVariant: string;
  readonly challengerId: string;
  readonly controlModelId: string;
  readonly championId: string | null;
  /** The experiment asked about some units only; a rollout is for all of them. */
  readonly audienceLimited: boolean;
  readonly look: {
    readonly id: string;
    readonly resultDigest: string;
    readonly at: Date;
    readonly verdict: VerdictCode;
    readonly words: string;
  } | null;
}

/** How a rollout may begin: from SHIP at the challenger's own share, otherwise at the first stage and with a reason. */
export type PromotionStart =
  | { readonly kind: 'shipped'; readonly look: ConcludingLook }
  | { readonly kind: 'unproven'; readonly why: string };

/**
 * Whether, and from where, a variant may be promoted.
 *
 * @throws RolloutError `PROMOTE_REFUSED` when harm is proven, the experiment is invalid, or there is nothing to promote
 */
export function startOfPromotion(facts: PromotionFacts, now: Date): PromotionStart {
  const refuse = (message: string): never => {
    throw new RolloutError('PROMOTE_REFUSED', message, {
      experiment: facts.experiment,
      variant: facts.variant,
    });
  };
  if (facts.state === 'draft' || facts.state === 'archived') {
    refuse(
      facts.state === 'draft'
        ? `Experiment ${facts.experiment} is a draft; start it first, there is no evidence yet.`
        : `Experiment ${facts.experiment} is archived; clone it to ask the question again.`,
    );
  }
  if (facts.variant === facts.controlVariant)
    refuse(`${facts.variant} is the control; it has nothing to replace.`);
  if (facts.championId === null)
    refuse('The task has no champion yet; set one, there is nothing to replace.');
  if (facts.challengerId === facts.championId) refuse(`${facts.variant} is the champion's model already.`);
  const { look } = facts;
  if (look?.verdict === 'STOP_HARM' || look?.verdict === 'INVALID') {
    refuse(
      `The latest look says ${look.verdict}: ${look.words} ` +
        (look.verdict === 'INVALID'
          ? 'Repair what is broken and look again.'
          : 'A harmful variant is not rolled out.'),
    );
  }
  if (facts.decision !== null && facts.decision !== 'ship') {
    return { kind: 'unproven', why: `the experiment was concluded with "${facts.decision}"` };
  }
  if (!look) return { kind: 'unproven', why: 'the experiment has no look yet' };
  if (look.verdict !== 'SHIP') return { kind: 'unproven', why: `the latest look says ${look.verdict}` };
  if (now.getTime() - look.at.getTime() > CONCLUDING_LOOK_DAYS * DAY_SECONDS * 1000) {
    return { kind: 'unproven', why: `the look that says SHIP is older than ${CONCLUDING_LOOK_DAYS} days` };
  }
  if (facts.controlModelId !== facts.championId) {
    return { kind: 'unproven', why: 'the champion is not the model the experiment compared with' };
  }
  if (facts.audienceLimited) {
    return {
      kind: 'unproven',
      why: 'the experiment asked about an audience only, and a rollout is for everyone',
    };
  }
  return {
    kind: 'shipped',
    look: { lookId: look.id, resultDigest: look.resultDigest, at: look.at.toISOString() },
  };
}
