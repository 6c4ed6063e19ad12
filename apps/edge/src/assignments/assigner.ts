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

  /** Decided from memory; storing the exposures is not waited for. */
  async assign(
    request: AssignmentsRequest,
    { environment, ruleset, tokens }: AnswersFrom,
  ): Promise<Assigned> {
    // Deciding does not need the time to be right; it must not fail because the database is away.
    await this.clock.refresh()?.catch(() => undefined);
    const assigned = assign(request, { ruleset, tokens, now: this.clock.now(), stale: this.isStale() });
    for (const { reason } of assigned.decisions) this.monitoring.decisions.inc({ environment, reason });
    if (assigned.exposures.length > 0) this.recorder.record(environment, assigned.exposures);
    return assigned;
  }
}
