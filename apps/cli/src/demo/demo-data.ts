import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { SeededRng } from '@app/kernel';
import type { Dataset, OutcomeRow, ReplayPlan, UnitRow } from '../replay/dataset.js';

/** A recorded answer: which item, by which model, and the figures measured on it. */
export interface RecordedAnswer {
  readonly item: string;
  readonly model: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** The checkout's folder of recorded answers; the compiled command lies five folders below the root. */
const DATA = path.join(__dirname, '../../../../../apps/cli/data');

/** Reads one of the recorded sets; `item` names the column that holds the item's id. */
export function readAnswers(file: string, item: string, figures: readonly string[]): RecordedAnswer[] {
  const rows = parse(readFileSync(path.join(DATA, file)), { columns: true }) as Array<Record<string, string>>;
  return rows.map((row) => ({
    item: row[item] ?? '',
    model: row['model'] ?? '',
    figures: Object.fromEntries(figures.map((name) => [name, Number(row[name])])),
  }));
}

/** The same disorder on every run: the files are sorted, and traffic is not. */
function shuffled(items: string[]): string[] {
  const rng = new SeededRng(17);
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(rng.next() * (last + 1));
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return items;
}

/**
 * Spreads recorded items evenly over virtual days, each with what every model answered a minute later, in the form a
 * replay takes: Contender assigns, and only the assigned model's answer is sent.
 */
export function datasetOf(
  plan: ReplayPlan,
  answers: readonly RecordedAnswer[],
  start: Date,
  days: number,
): Dataset {
  const items = shuffled([...new Set(answers.map((answer) => answer.item))]);
  const gapMs = Math.floor((days * 86_400_000) / items.length);
  const exposedAt = new Map(items.map((item, index) => [item, start.getTime() + index * gapMs]));
  const units: UnitRow[] = items.map((item) => ({
    unit: item,
    at: new Date(exposedAt.get(item)!).toISOString(),
    sentMs: exposedAt.get(item)!,
    variant: null,
    attributes: {},
  }));
  const outcomes: OutcomeRow[] = answers.flatMap((answer) =>
    Object.entries(answer.figures).map(([figure, value]) => ({
      id: `${plan.experiment.key}:${answer.item}:${answer.model}:${figure}`,
      unit: answer.item,
      metric: figure,
      value,
      at: new Date(exposedAt.get(answer.item)! + 60_000).toISOString(),
      sentMs: exposedAt.get(answer.item)! + 60_000,
      variant: answer.model,
    })),
  );
  return { plan, expected: undefined, units, outcomes };
}
