import { type Attributes, type CompiledRuleset, type Decision, holdoutArm, SeenUnits } from '@app/bucketing';
import type { WaitingExposure } from '../events/wire-event.js';
import { type Arm, Arms } from './arms.js';
import { isRecordable, recordable } from './attributes.js';

/** What becomes of a first sight. */
export interface ExposureSink {
  /** False when there is no place for another one, which is then dropped. */
  hasRoom(): boolean;
  /** Whether it was taken. */
  take(exposure: WaitingExposure): boolean;
  /** The unit is one that the edge does not take events of. */
  unfit(unit: string): void;
  nowMs(): number;
}

/** Records each exposure once: at the first sight of a unit in an arm. What was seen before costs one look-up. */
export class Exposures {
  private readonly arms = new Arms();
  private readonly seen: SeenUnits;

  constructor(
    private readonly sink: ExposureSink,
    capacity: number,
  ) {
    this.seen = new SeenUnits(capacity);
  }

  get remembered(): number {
    return this.seen.size;
  }

  /** An answer is used: its arm is seen, and that of its task's holdout. */
  used(
    decision: Decision,
    compiled: CompiledRuleset,
    unit: string | null | undefined,
    attributes: Attributes | undefined,
  ): void {
    if (typeof unit !== 'string' || unit === '') return;
    const { environment } = compiled;
    if (decision.exposes) this.see(this.arms.of(decision), environment, unit, attributes);
    const held = holdoutArm(compiled, decision.task, unit);
    if (held !== null) this.see(this.arms.ofHoldout(held), environment, unit, attributes);
  }

  private see(arm: Arm, environment: string, unit: string, attributes: Attributes | undefined): void {
    if (this.seen.has(arm, unit)) return;
    // Asked first: while the edge is away every new unit comes this way at every call.
    if (!this.sink.hasRoom()) return;
    if (!isRecordable(unit)) {
      this.sink.unfit(unit);
      return;
    }
    const taken = this.sink.take({
      arm,
      environment,
      unit,
      atMs: this.sink.nowMs(),
      attributes: recordable(attributes),
    });
    // One that was not taken is not remembered, so that the unit's next call tries again.
    if (taken) this.seen.addLast();
  }
}
