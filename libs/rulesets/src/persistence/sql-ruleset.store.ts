import { Injectable } from '@nestjs/common';
import type { Ruleset } from '@app/bucketing';
import { Database } from '@app/database';
import { type PublishedRuleset, RulesetReader } from '../ports/ruleset-reader.js';
import { type NewRuleset, RulesetStore } from '../ports/ruleset.store.js';
import { RulesetEntity } from './ruleset.entity.js';

/** Edges listen on it; the payload is the environment. */
export const RULESET_CHANNEL = 'contender_ruleset';

/** First half of the advisory locks of publishing; the second is the environment. */
const PUBLISH_LOCK = 7_220_003;

@Injectable()
export class SqlRulesetStore extends RulesetStore {
  constructor(private readonly database: Database) {
    super();
  }

  async lock(environment: string): Promise<void> {
    // A lock that a transaction takes is given back before its end only by rolling back to what came before.
    await this.database.query('SAVEPOINT before_publish_lock');
    await this.database.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [PUBLISH_LOCK, environment]);
  }

  async unlock(_environment: string): Promise<void> {
    await this.database.query('ROLLBACK TO SAVEPOINT before_publish_lock');
  }

  async newest(environment: string): Promise<{ version: number; digest: string } | null> {
    return this.database.manager.findOne(RulesetEntity, {
      select: { environment: true, version: true, digest: true },
      where: { environment },
      order: { version: 'DESC' },
    });
  }

  async body(environment: string, version: number): Promise<string> {
    const { body } = await this.database.manager.findOneOrFail(RulesetEntity, {
      select: { body: true },
      where: { environment, version },
    });
    return body;
  }

  async insert(published: NewRuleset): Promise<void> {
    await this.database.manager.insert(RulesetEntity, published);
  }

  async notify(environment: string): Promise<void> {
    await this.database.query('SELECT pg_notify($1, $2)', [RULESET_CHANNEL, environment]);
  }
}

@Injectable()
export class SqlRulesetReader extends RulesetReader {
  constructor(private readonly database: Database) {
    super();
  }

  async latest(environment: string): Promise<PublishedRuleset | null> {
    return published(
      await this.database.manager.findOne(RulesetEntity, {
        where: { environment },
        order: { version: 'DESC' },
      }),
    );
  }

  async at(environment: string, version: number): Promise<PublishedRuleset | null> {
    return published(await this.database.manager.findOneBy(RulesetEntity, { environment, version }));
  }
}

function published(row: RulesetEntity | null): PublishedRuleset | null {
  if (!row) return null;
  const { environment, version, digest, cause, publishedAt, body } = row;
  return { environment, version, digest, cause, publishedAt, ruleset: JSON.parse(body) as Ruleset };
}
