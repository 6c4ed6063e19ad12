import { assign, type AssignmentTokens, type Assigned } from '@app/assignment';
import type { CompiledRuleset } from '@app/bucketing';
import type { AssignmentsRequest } from '@app/wire';
import type { EdgeClock } from '../edge-clock.js';
import type { Monitoring } from '../monitoring/monitoring.js';
import type { ExposureRecorder } from './exposure-recorder.js';

/** What one environment answers from. */
export interface AnswersFrom {
  readonly environment: string;
  readonly ruleset: CompiledRuleset;
  readonly tokens: AssignmentTokens;
}

/** Decides, counts and records: the same for every protocol that asks which model serves. */
export class Assigner {
  constructor(
    private readonly clock: EdgeClock,
    private readonly recorder: ExposureRecorder,
    private readonly monitoring: Pick<Monitoring, 'decisions'>,
    readonly isStale: () => boolean,
  ) {}

  /** Decided from memory; storing the exposures is not waited for. A promise only where time has to be asked for. */
  assign(request: AssignmentsRequest, from: AnswersFrom): Assigned | Promise<Assigned> {
    const refreshed = this.clock.refresh();
    if (refreshed === undefined) return this.assignNow(request, from);
    // Deciding does not need the time to be right; it must not fail because the database is away.
    return refreshed.catch(() => undefined).then(() => this.assignNow(request, from));
  }

  private assignNow(request: AssignmentsRequest, { environment, ruleset, tokens }: AnswersFrom): Assigned {
    const assigned = assign(request, { ruleset, tokens, now: this.clock.now(), stale: this.isStale() });
    for (const { form } of assigned.answers) this.monitoring.decisions.inc(environment, form.decision.reason);
    const fresh = assigned.exposed.filter(({ arm, unit }) => !this.recorder.knows(arm, unit));
    if (fresh.length > 0) {
      this.recorder.record(
        environment,
        fresh.map((one) => assigned.exposureOf(one)),
      );
    }
    return assigned;
  }
}
