import { Injectable } from '@nestjs/common';
import { MAX_PREREQUISITE_DEPTH } from '@app/bucketing';
import { SubjectStore } from '@app/subjects';
import { changedDependents } from './domain/changed-dependents.js';
import { type RulesetContent, RulesetReadModel } from './ports/ruleset-read-model.js';
import { RulesetReader } from './ports/ruleset-reader.js';

/**
 * Opens an epoch of every experiment whose prerequisites other units meet after a change: a champion, a rollout's stage or
 * another experiment's split decides who takes part in it.
 */
@Injectable()
export class DependentEpochs {
  constructor(
    private readonly readModel: RulesetReadModel,
    private readonly reader: RulesetReader,
    private readonly subjects: SubjectStore,
  ) {}

  /**
   * Joins the caller's transaction. Before the lock of publishing is taken, never under it: whoever changes such an
   * experiment at this moment holds it and waits for that lock.
   */
  async open(environment: string, now: Date, cause: string): Promise<void> {
    if (!(await this.readModel.asksOtherTasks(environment))) return;
    const before = await this.reader.latest(environment);
    if (!before) return;
    // An experiment that moves on moves those that ask its task.
    for (let depth = 0; depth < MAX_PREREQUISITE_DEPTH; depth += 1) {
      const after = await this.readModel.read(environment, now);
      const changed = changedDependents(before.ruleset, after);
      if (changed.length === 0) return;
      for (const { id, asked } of changed) {
        await this.subjects.audienceChanged(id, {
          openedAt: now,
          reason: `${asked} answers otherwise: ${cause}`,
          shape: { prerequisiteChanged: asked },
        });
      }
    }
  }

  /**
   * Whether an experiment still needs an epoch: whoever published last may have started one, or changed what another task
   * answers, after `open` had looked. Under the lock of publishing.
   *
   * @param after what is about to be published
   */
  async areMissing(environment: string, after: RulesetContent): Promise<boolean> {
    if (!(await this.readModel.asksOtherTasks(environment))) return false;
    const before = await this.reader.latest(environment);
    return before !== null && changedDependents(before.ruleset, after).length > 0;
  }
}
