import { Injectable } from '@nestjs/common';
import { RULESET_FORMAT, type Ruleset } from '@app/bucketing';
import { Database } from '@app/database';
import { Clock, digestOf } from '@app/kernel';
import { Publisher } from '@app/registry';
import { HeldRuleset } from '@app/ruleset-deltas';
import { DependentEpochs } from './dependent-epochs.service.js';
import { type RulesetContent, RulesetReadModel } from './ports/ruleset-read-model.js';
import { RulesetStore } from './ports/ruleset.store.js';

/** Publishes the whole ruleset of an environment as its next version, and beside it what has changed since the last. */
@Injectable()
export class RulesetPublisher extends Publisher {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly readModel: RulesetReadModel,
    private readonly store: RulesetStore,
    private readonly dependents: DependentEpochs,
  ) {
    super();
  }

  /** Joins the caller's transaction; makes no version when nothing that edges see has changed. */
  async publish(environment: string, cause: string): Promise<void> {
    await this.database.transaction(async () => {
      const now = this.clock.now();
      const content = await this.settled(environment, now, cause);
      const digest = digestOf({ format: RULESET_FORMAT, ...content });
      const newest = await this.store.newest(environment);
      if (newest?.digest === digest) return;
      const version = (newest?.version ?? 0) + 1;
      const ruleset: Ruleset = {
        format: RULESET_FORMAT,
        version,
        publishedAt: now.toISOString(),
        ...content,
      };
      const body = JSON.stringify(ruleset);
      await this.store.insert({
        environment,
        version,
        format: RULESET_FORMAT,
        digest,
        cause,
        publishedAt: now,
        body,
        delta: newest && (await this.deltaFrom(environment, newest.version, HeldRuleset.of(ruleset, body))),
      });
      await this.store.notify(environment);
    });
  }

  /**
   * Under the lock of publishing: nobody comes between the version before and this one. One that cannot be read must not stand
   * in the way of the next, which is then followed by its whole.
   */
  private async deltaFrom(environment: string, version: number, next: HeldRuleset): Promise<string | null> {
    const before = await this.store.body(environment, version);
    try {
      return HeldRuleset.parse(before).deltaTo(next);
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  }

  /** What to publish, with the lock of publishing and every epoch that it needs. */
  private async settled(environment: string, now: Date, cause: string): Promise<RulesetContent> {
    // Comes round only when somebody else has published since `open` looked.
    for (;;) {
      await this.dependents.open(environment, now, cause);
      await this.store.lock(environment);
      const content = await this.readModel.read(environment, now);
      if (!(await this.dependents.areMissing(environment, content))) return content;
      await this.store.unlock(environment);
    }
  }
}
