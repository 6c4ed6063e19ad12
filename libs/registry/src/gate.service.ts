import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Actor, AuditLog, EnvironmentService, workerActor } from '@app/governance';
import { Clock } from '@app/kernel';
import { type ClosedGate, gateChanges } from './domain/closed-gate.js';
import { GateStore } from './ports/gate.store.js';
import { Publisher } from './ports/publisher.js';
import { type TaskView, TaskService } from './task.service.js';

/** Who audit rows name for what the flag server said. */
const UPSTREAM = workerActor('unleash');

/**
 * Kill switches and gates that a flag server outside decides. What it last said stands here, so that neither its being
 * away nor a restart of ours opens or closes anything.
 */
@Injectable()
export class GateService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly environments: EnvironmentService,
    private readonly tasks: TaskService,
    private readonly gates: GateStore,
    private readonly publisher: Publisher,
  ) {}

  /**
   * Takes over what the flag server says now: all gates that are closed, of all tasks and environments.
   *
   * @returns how many closed or opened
   */
  async apply(closed: readonly ClosedGate[]): Promise<number> {
    // Nearly always nothing has changed: that must cost no lock.
    const seen = gateChanges(await this.gates.all(), closed);
    if (seen.closed.length + seen.opened.length === 0) return 0;
    return this.database.transaction(async () => {
      const changes = gateChanges(await this.gates.allForUpdate(), closed);
      for (const gate of changes.closed) await this.gates.close(gate, this.clock.now());
      for (const gate of changes.opened) await this.gates.open(gate);
      for (const gate of changes.closed) await this.record(UPSTREAM, 'task.gate-close', gate, null);
      for (const gate of changes.opened) await this.record(UPSTREAM, 'task.gate-open', gate, null);
      await this.publish([...changes.closed, ...changes.opened]);
      return changes.closed.length + changes.opened.length;
    });
  }

  /**
   * Opens what a flag server closed and will never open again, because it is gone. One that still says the same closes it
   * within a second.
   */
  async forget(
    task: string,
    { environment, reason }: { environment: string; reason: string },
    actor: Actor,
  ): Promise<TaskView> {
    await this.environments.require(environment, actor);
    return this.database.transaction(async () => {
      await this.tasks.find(task);
      const gates = (await this.gates.allForUpdate()).filter(
        (gate) => gate.task === task && gate.environment === environment,
      );
      for (const gate of gates) {
        await this.gates.open(gate);
        await this.record(actor, 'task.gate-forget', gate, reason);
      }
      await this.publish(gates);
      return this.tasks.find(task);
    });
  }

  private async publish(gates: readonly ClosedGate[]): Promise<void> {
    const flags = new Map<string, Set<string>>();
    for (const { environment, flag } of gates) {
      flags.set(environment, (flags.get(environment) ?? new Set()).add(flag));
    }
    for (const [environment, names] of [...flags].sort()) {
      await this.publisher.publish(environment, `gates changed: ${[...names].slice(0, 5).join(', ')}`);
    }
  }

  private record(
    actor: Actor,
    action: string,
    { environment, task, flag }: ClosedGate,
    reason: string | null,
  ): Promise<void> {
    return this.audit.record({
      actor,
      action,
      subjectType: 'task',
      subjectKey: task,
      environment,
      reason: reason ?? `the flag ${flag}`,
      after: { flag },
    });
  }
}
