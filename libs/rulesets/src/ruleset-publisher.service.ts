import { Injectable } from '@nestjs/common';
import { RULESET_FORMAT } from '@app/bucketing';
import { Database } from '@app/database';
import { Clock, digestOf } from '@app/kernel';
import { Publisher } from '@app/registry';
import { DependentEpochs } from './dependent-epochs.service.js';
import { type RulesetContent, RulesetReadModel } from './ports/ruleset-read-model.js';
import { RulesetStore } from './ports/ruleset.store.js';

/** Publishes the whole ruleset of an environment as its next version. */
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
      await this.store.insert({
        environment,
        version,
        digest,
        cause,
        publishedAt: now,
        ruleset: { format: RULESET_FORMAT, version, publishedAt: now.toISOString(), ...content },
      });
      await this.store.notify(environment);
    });
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
