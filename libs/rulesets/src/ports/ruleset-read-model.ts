import type { Ruleset } from '@app/bucketing';

/** What a ruleset says, before it has a version. */
export type RulesetContent = Pick<Ruleset, 'environment' | 'models' | 'tasks' | 'segments' | 'subjects'>;

/** All that a data plane needs, read at once from the capabilities' tables. */
export abstract class RulesetReadModel {
  abstract read(environment: string, now: Date): Promise<RulesetContent>;
}
