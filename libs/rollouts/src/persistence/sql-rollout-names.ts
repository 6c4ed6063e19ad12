import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type NamesOfRollout, RolloutNames } from '../ports/rollout-names.js';

@Injectable()
export class SqlRolloutNames extends RolloutNames {
  constructor(private readonly database: Database) {
    super();
  }

  async of(rolloutIds: readonly string[]): Promise<ReadonlyMap<string, NamesOfRollout>> {
    const rows = await this.database.query<NamesOfRollout & { id: string }>(
      `SELECT r.id,
              champion.key || '@' || champion.version AS champion,
              challenger.key || '@' || challenger.version AS challenger,
              e.key AS experiment
       FROM rollouts r
       JOIN models champion ON champion.id = r.champion_id
       JOIN models challenger ON challenger.id = r.challenger_id
       LEFT JOIN experiments e ON e.id = r.experiment_id
       WHERE r.id = ANY ($1)`,
      [rolloutIds],
    );
    return new Map(rows.map(({ id, ...names }) => [id, names]));
  }
}
