import type { Receipt } from '../domain/receipt.js';
import type { Rollout } from '../domain/rollout.js';
import type { RolloutEntity, RolloutReceiptEntity } from './rollout.entities.js';

const iso = (at: Date): string => at.toISOString();
const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;
const dateOrNull = (at: string | null): Date | null => (at === null ? null : new Date(at));

export function toRollout(row: RolloutEntity): Rollout {
  const { stageEpoch, gate, concludingLook, ...memory } = row.memory;
  return {
    id: row.id,
    key: row.key,
    task: row.task,
    environment: row.environment,
    experimentId: row.experimentId,
    championId: row.championId,
    challengerId: row.challengerId,
    challengerVariant: row.challengerVariant,
    plan: row.plan,
    state: {
      lifecycle: row.state,
      stage: row.stage,
      stageEnteredAt: iso(row.stageEnteredAt),
      stageEpoch,
      share: row.share,
      controlShare: row.controlShare,
      startedAt: iso(row.createdAt),
      gate,
      memory,
      approvals: row.approvals,
      hold: row.hold,
      lastHumanDecisionAt: isoOrNull(row.lastHumanDecisionAt),
      concludingLook,
    },
    revision: row.revision,
    coolDownUntil: isoOrNull(row.coolDownUntil),
    createdBy: row.createdBy,
    createdAt: iso(row.createdAt),
    finishedAt: isoOrNull(row.finishedAt),
  };
}

export function toRow(rollout: Rollout): RolloutEntity {
  const { state } = rollout;
  return {
    id: rollout.id,
    key: rollout.key,
    task: rollout.task,
    environment: rollout.environment,
    experimentId: rollout.experimentId,
    concludingLookId: state.concludingLook?.lookId ?? null,
    championId: rollout.championId,
    challengerId: rollout.challengerId,
    challengerVariant: rollout.challengerVariant,
    plan: rollout.plan,
    carryWinners: rollout.plan.carryWinners,
    state: state.lifecycle,
    stage: state.stage,
    stageEnteredAt: new Date(state.stageEnteredAt),
    share: state.share,
    controlShare: state.controlShare,
    memory: {
      ...state.memory,
      stageEpoch: state.stageEpoch,
      gate: state.gate,
      concludingLook: state.concludingLook,
    },
    approvals: state.approvals,
    hold: state.hold,
    revision: rollout.revision,
    lastHumanDecisionAt: dateOrNull(state.lastHumanDecisionAt),
    coolDownUntil: dateOrNull(rollout.coolDownUntil),
    createdBy: rollout.createdBy,
    createdAt: new Date(rollout.createdAt),
    finishedAt: dateOrNull(rollout.finishedAt),
  };
}

export function toReceipt(row: RolloutReceiptEntity): Receipt {
  return { ...row, at: iso(row.at) };
}

export function toReceiptRow(receipt: Receipt): RolloutReceiptEntity {
  return { ...receipt, at: new Date(receipt.at) };
}
