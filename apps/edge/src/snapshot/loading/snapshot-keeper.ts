import type { HeldRuleset } from '@app/ruleset-deltas';
import { log, wordsOf } from '../../log.js';
import type { Access } from '../snapshot.js';
import type { SnapshotDisk } from '../snapshot-disk.js';
import type { LogRecord } from '../snapshot-log.js';

/** A delta as published, and the digests of the texts it leads from and to. */
export interface Step {
  readonly base: string;
  readonly made: string;
  readonly text: string;
}

/** A ruleset that is to be on disk, and how it came from older ones, as far as that is known. */
export interface KeptRuleset {
  readonly environment: string;
  readonly held: HeldRuleset;
  readonly steps: readonly Step[];
}

/** What is to be on disk. */
export interface Keeping {
  readonly confirmedAtMs: number;
  readonly access: Access;
  readonly rulesets: readonly KeptRuleset[];
}

/** What is on disk: access, and the digest of each environment's ruleset. */
interface Written {
  readonly access: string;
  readonly rulesets: ReadonlyMap<string, string>;
}

/** Brings the disk up to date with as little as it takes: what has changed where that is known, else the whole. */
export class SnapshotKeeper {
  /** Null: not known, as at the beginning. What is there then is of another process. */
  private written: Written | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly disk: SnapshotDisk) {}

  /** Writes after what is being written; a failure is logged and costs only the next start without a database. */
  keep(keeping: Keeping): Promise<void> {
    this.writing = this.writing
      .then(() => this.write(keeping))
      .catch((error: unknown) => {
        this.written = null;
        log('error', 'the snapshot could not be kept on disk', { reason: wordsOf(error) });
      });
    return this.writing;
  }

  private async write({ confirmedAtMs, access, rulesets }: Keeping): Promise<void> {
    const wanted: Written = {
      access: JSON.stringify(access),
      rulesets: new Map(rulesets.map(({ environment, held }) => [environment, held.sha256])),
    };
    const deltas = this.written && deltasBetween(this.written, rulesets);
    if (deltas && this.disk.hasRoom) {
      const record: LogRecord = {
        confirmedAtMs,
        ...(this.written!.access !== wanted.access && { access }),
        ...(deltas.length > 0 && { deltas }),
      };
      await this.disk.append(record);
    } else {
      const whole = rulesets.map(({ environment, held }) => ({
        environment,
        version: held.version,
        body: held.text(),
      }));
      await this.disk.write({ confirmedAtMs, access, rulesets: whole });
    }
    this.written = wanted;
  }
}

/** What leads from what is on disk to these rulesets; null where nothing known does. */
function deltasBetween(written: Written, rulesets: readonly KeptRuleset[]): LogRecord['deltas'] | null {
  if (written.rulesets.size !== rulesets.length) return null;
  const deltas: Array<{ environment: string; text: string }> = [];
  for (const { environment, held, steps } of rulesets) {
    const before = written.rulesets.get(environment);
    if (before === held.sha256) continue;
    const first = steps.findIndex(({ base }) => base === before);
    const last = steps.findIndex(({ made }) => made === held.sha256);
    if (before === undefined || first < 0 || last < first) return null;
    for (const { text } of steps.slice(first, last + 1)) deltas.push({ environment, text });
  }
  return deltas;
}
