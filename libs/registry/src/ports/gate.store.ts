import type { ClosedGate } from '../domain/closed-gate.js';

/** Gates that were closed when the flag server was last heard of. */
export abstract class GateStore {
  abstract all(): Promise<ClosedGate[]>;
  /** The same, and nobody else changes them until the transaction ends. */
  abstract allForUpdate(): Promise<ClosedGate[]>;
  abstract close(gate: ClosedGate, at: Date): Promise<void>;
  abstract open(gate: ClosedGate): Promise<void>;
}
