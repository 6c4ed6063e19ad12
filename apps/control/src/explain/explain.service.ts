import { Injectable } from '@nestjs/common';
import { compileRuleset, explain } from '@app/bucketing';
import { type Actor, EnvironmentService } from '@app/governance';
import { RegistryError } from '@app/registry';
import { RulesetReader } from '@app/rulesets';
import type { ExplanationDto } from './explain.dto.js';
import type { ExplainQuery } from './explain-query.js';

/** Answers with the evaluator and the rules that every edge uses, so that the explanation cannot differ from the act. */
@Injectable()
export class ExplainService {
  constructor(
    private readonly environments: EnvironmentService,
    private readonly rulesets: RulesetReader,
  ) {}

  async explain(task: string, query: ExplainQuery, actor: Actor): Promise<ExplanationDto> {
    const { environment, unit, attributes } = query;
    await this.environments.require(environment, actor);
    const published = await this.rulesets.latest(environment);
    const compiled = published && compileRuleset(published.ruleset);
    if (!compiled?.tasks.has(task)) {
      throw new RegistryError('TASK_UNKNOWN', `there is no task "${task}" in ${environment}`);
    }
    const { decision, rulesetVersion, steps } = explain(compiled, task, unit, attributes);
    const { model, variant, source, reason, experiment, rollout, epoch, propensity } = decision;
    return {
      task,
      environment,
      unit,
      rulesetVersion,
      model: model && { key: model.key, version: model.version, provider: model.provider, name: model.name },
      variant,
      source,
      reason,
      experiment,
      rollout,
      epoch,
      propensity,
      steps,
    };
  }
}
