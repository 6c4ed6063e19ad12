import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Experiment, ExperimentReader, type FixedAtStart } from '@app/experiments';
import { canonicalJson, Clock, uuidv7 } from '@app/kernel';
import { AnalyticsStore, type DailySeries } from '@app/metrics';
import { analyseLook, type LookResult } from '@app/stats';
import { AnalysisError } from './domain/analysis.errors.js';
import { exploratoryInput, lookInput, NO_MEMORY } from './domain/look-inputs.js';
import type { Look, LookInputs, LookTrigger } from './domain/look.js';
import { digestOfText, sameEvidence } from './domain/recompute-look.js';
import { LookStore } from './ports/look.store.js';

/** What is seen within one value of a dimension. Exploratory: it has no verdict. */
export interface Exploration {
  readonly value: string;
  readonly units: number;
  readonly result: LookResult;
}

/** Takes looks: what was measured, the plan, and what earlier looks left, become one immutable analysis. */
@Injectable()
export class LookService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly experiments: ExperimentReader,
    private readonly evidence: AnalyticsStore,
    private readonly looks: LookStore,
  ) {}

  /**
   * Takes the next look of an experiment, or answers the last one when it was taken at this very moment from the same
   * evidence: a job that runs twice leaves one look.
   *
   * @throws AnalysisError `LOOK_NOT_POSSIBLE` the experiment does not exist or has never run
   */
  async take(experimentId: string, trigger: LookTrigger): Promise<Look> {
    return this.database.transaction(async () => {
      const { experiment, fixed } = await this.started(experimentId);
      await this.looks.lock(experimentId);
      const at = this.clock.now();
      const last = await this.looks.latest(experimentId);
      const inputs: LookInputs = {
        format: 1,
        subjectId: experimentId,
        experiment: experiment.key,
        number: (last?.number ?? 0) + 1,
        at: at.toISOString(),
        input: lookInput(fixed, await this.evidence.read(experimentId, at), last?.result.memory ?? NO_MEMORY),
      };
      if (last && answersFor(last, trigger) && sameEvidence(JSON.parse(last.inputs) as LookInputs, inputs))
        return last;
      const look = lookFrom(inputs, at, trigger);
      await this.looks.insert(look);
      return look;
    });
  }

  /**
   * The same figures within each value of a declared dimension, stored nowhere.
   *
   * @throws AnalysisError `DIMENSION_UNKNOWN` it was not declared before the experiment started; `LOOK_NOT_POSSIBLE`
   */
  async explore(experimentId: string, dimension: string): Promise<Exploration[]> {
    const { experiment, fixed } = await this.started(experimentId);
    if (!experiment.dimensions.includes(dimension)) {
      const known = experiment.dimensions.join(', ') || 'none';
      throw new AnalysisError(
        'DIMENSION_UNKNOWN',
        `"${dimension}" is no dimension of ${experiment.key} (it declares: ${known})`,
      );
    }
    const found = await this.evidence.readBy(experimentId, dimension, this.clock.now());
    return found.map(({ value, evidence }) => ({
      value,
      units: evidence.crossing.exposed - evidence.crossing.units - evidence.carriedUnits,
      result: analyseLook(exploratoryInput(fixed, evidence)),
    }));
  }

  /**
   * Units by the day of their first exposure, with what each day's units have come to by now. For plots: days are no looks.
   *
   * @throws AnalysisError `LOOK_NOT_POSSIBLE`
   */
  async daily(experimentId: string): Promise<DailySeries> {
    await this.started(experimentId);
    return this.evidence.daily(experimentId);
  }

  private async started(experimentId: string): Promise<{ experiment: Experiment; fixed: FixedAtStart }> {
    const experiment = await this.experiments.byId(experimentId);
    const fixed = experiment?.fixedAtStart;
    if (!experiment || !fixed) {
      throw new AnalysisError(
        'LOOK_NOT_POSSIBLE',
        `${experiment ? `${experiment.key} is a ${experiment.state} that never ran` : 'there is no such experiment'}; there is nothing to look at`,
      );
    }
    return { experiment, fixed };
  }
}

/** A conclusion keeps a look of its own, even when the schedule took the same one a moment before. */
function answersFor(last: Look, trigger: LookTrigger): boolean {
  return trigger !== 'conclusion' || last.trigger === 'conclusion';
}

function lookFrom(inputs: LookInputs, at: Date, trigger: LookTrigger): Look {
  const text = canonicalJson(inputs);
  // Analysed from what a reader of the stored inputs will see, so that a recomputation cannot differ.
  const result = analyseLook((JSON.parse(text) as LookInputs).input);
  return {
    id: uuidv7(at),
    subjectId: inputs.subjectId,
    number: inputs.number,
    at,
    trigger,
    inputs: text,
    inputsDigest: digestOfText(text),
    estimatorVersion: result.estimatorVersion,
    result,
    resultDigest: digestOfText(canonicalJson(result)),
    createdAt: at,
  };
}
