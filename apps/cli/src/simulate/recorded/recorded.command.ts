import { stat } from 'node:fs/promises';
import { type PlayedRecording, playRecorded } from './play-recorded.js';
import type { Recording } from './recording.js';
import { recordingsIn, SOURCES } from './recordings.js';

const USAGE = 'usage: npm run simulate -- recorded DIR [--json]';
const DAY_MS = 86_400_000;

/** A rollout over a recording, told. */
export interface Told {
  readonly recording: string;
  readonly end: string;
  readonly right: string;
  readonly ok: boolean;
  /** From where the challenger went bad (or the rollout began) to the last move of the share. */
  readonly delayDays: number | null;
  readonly units: number;
  readonly challengerUnits: number;
  readonly reason: string | null;
}

/**
 * `simulate recorded DIR`: rollouts over recorded drift and failures, each of which has one right end.
 *
 * @returns 0 when each ended as is right or there is nothing to play, 1 when one did not, 2 when called wrongly
 */
export async function runRecorded(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  const [folder, ...rest] = argv.filter((word) => word !== '--json');
  if (!folder || rest.length > 0 || folder.startsWith('--')) {
    console.error(USAGE);
    return 2;
  }
  if (!(await stat(folder).catch(() => null))?.isDirectory()) {
    console.log(
      json ? JSON.stringify({ ok: true, skipped: [folder] }) : `skipped: there is no folder ${folder}`,
    );
    return 0;
  }
  const told: Told[] = [];
  const skipped: string[] = [];
  for (const source of SOURCES) {
    const recordings = await recordingsIn(folder, source);
    if (!recordings) {
      skipped.push(source.file);
      if (!json) console.log(`skipped: ${folder} has no ${source.file}`);
      continue;
    }
    for (const recording of recordings) {
      told.push(tell(recording));
      if (!json) console.log(lineOf(told.at(-1)!));
    }
  }
  const ok = told.every((one) => one.ok);
  if (json) console.log(JSON.stringify({ ok, skipped, recordings: told }));
  else console.log(`${told.filter((one) => one.ok).length} of ${told.length} recordings ended as is right`);
  return ok ? 0 : 1;
}

/** Plays a recording and holds its end against what is right. */
export function tell(recording: Recording): Told {
  const played = playRecorded(recording.plan, recording.units, recording.perLook);
  const from = recording.turnedAt ?? recording.units[0]!.at;
  return {
    recording: recording.name,
    end: played.end,
    right: recording.right,
    ok: isRight(recording, played),
    delayDays: played.last && (played.last.at - from) / DAY_MS,
    units: played.units,
    challengerUnits: played.challengerUnits,
    reason: played.last?.reasons[0]?.message ?? null,
  };
}

function isRight({ right, turnedAt }: Recording, { end, last }: PlayedRecording): boolean {
  if (right === 'promoted') return end === 'promoted';
  if (right === 'not rolled back') return end !== 'rolled-back';
  const off = end === 'rolled-back' || (right === 'taken off' && end === 'stopped-futile');
  // Before it went bad there was nothing to take it off for.
  return off && last!.at >= (turnedAt ?? -Infinity);
}

function lineOf({ recording, end, right, ok, delayDays, units, challengerUnits, reason }: Told): string {
  const delay =
    delayDays === null
      ? ''
      : ` after ${delayDays < 1 ? `${(delayDays * 24).toFixed(1)} hours` : `${delayDays.toFixed(1)} days`}`;
  return `${ok ? 'right' : 'WRONG'}  ${recording}: ${end}${delay}, ${challengerUnits} of ${units} units on the challenger (right: ${right})${reason ? `\n         ${reason}` : ''}`;
}
