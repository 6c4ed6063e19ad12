import type { Database } from '@app/database';
import { percentOf, rolloutFlag } from './flag-names.js';
import type { UnleashAdmin } from './unleash-admin.js';

/** Longest wait between two tries of one flag, in seconds. */
const LONGEST_PAUSE_S = 300;

interface MirrorRow {
  id: string;
  environment: string;
  task: string;
  share: number;
}

/**
 * The newest rollout of each task and environment whose share the flag does not show yet, and whose time for another try
 * has come. One that was over before it was ever shown stays unshown; an older one must not overwrite a newer.
 */
const DUE = `
  SELECT r.id, r.environment, r.task, r.share FROM (
    SELECT DISTINCT ON (environment, task) id, environment, task, finished_at,
           CASE state WHEN 'promoted' THEN 1 WHEN 'rolled-back' THEN 0 WHEN 'stopped-futile' THEN 0 ELSE share END AS share
    FROM rollouts ORDER BY environment, task, created_at DESC, id DESC
  ) r LEFT JOIN rollout_mirrors m ON m.rollout_id = r.id
  WHERE (r.finished_at IS NULL OR m.rollout_id IS NOT NULL)
    AND m.mirrored_share IS DISTINCT FROM r.share AND (m.next_try_at IS NULL OR m.next_try_at <= now())
  ORDER BY r.id LIMIT 20`;

/**
 * Shows in the organisation's Unleash server how far each rollout is. It only ever follows: a rollout never waits for
 * it, and what cannot be shown now is shown later as it is then.
 */
export class RolloutMirror {
  constructor(
    private readonly database: Database,
    private readonly admin: UnleashAdmin,
  ) {}

  /** @returns how many flags were brought up to date */
  async run(): Promise<number> {
    let shown = 0;
    for (const row of await this.database.query<MirrorRow>(DUE)) {
      if (await this.show(row)) shown += 1;
    }
    return shown;
  }

  private async show({ id, environment, task, share }: MirrorRow): Promise<boolean> {
    const flag = rolloutFlag(environment, task);
    // Before it is tried: a worker that dies in the middle leaves a row that says to try again.
    await this.database.query(
      `INSERT INTO rollout_mirrors (rollout_id, flag, next_try_at) VALUES ($1, $2, now())
       ON CONFLICT (rollout_id) DO NOTHING`,
      [id, flag],
    );
    try {
      await this.admin.showPercent(flag, percentOf(share));
    } catch (error) {
      await this.failed(id, flag, error instanceof Error ? error.message : String(error));
      return false;
    }
    await this.database.query(
      `UPDATE rollout_mirrors SET mirrored_share = $2, mirrored_at = now(), attempts = 0, last_error = NULL
       WHERE rollout_id = $1`,
      [id, share],
    );
    return true;
  }

  private async failed(id: string, flag: string, words: string): Promise<void> {
    const [row] = await this.database.query<{ attempts: number }>(
      `UPDATE rollout_mirrors SET attempts = attempts + 1, last_error = $2,
              next_try_at = now() + make_interval(secs => least(power(2, least(attempts, 20)), $3))
       WHERE rollout_id = $1 RETURNING attempts`,
      [id, words.slice(0, 2000), LONGEST_PAUSE_S],
    );
    if (row?.attempts === 1)
      console.error(`worker: ${flag} cannot be brought up to date: ${words}; trying again`);
  }
}
