import type { Ruleset } from '@app/bucketing';

/** What a ruleset says, before it has a version. */
export type RulesetContent = Pick<Ruleset, 'environment' | 'models' | 'tasks' | 'segments' | 'subjects'>;

/** All that a data plane needs, read at once from the capabilities' tables. */
export abstract class RulesetReadModel {
  /** Whether any experiment that assigns units has prerequisites. */
  abstract asksOtherTasks(environment: string): Promise<boolean>;
  abstract read(environment: string, now: Date): Promise<RulesetContent>;
}
