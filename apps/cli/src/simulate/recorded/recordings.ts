import { resolvePlan, type RampTemplate, type StageInput } from '@app/rollouts';
import type { MetricPlan } from '@app/stats';
import { type CsvRow, readCsv } from './read-csv.js';
import { positionOf, type RecordedUnit } from './recorded-unit.js';
import type { Recording, RightEnd } from './recording.js';

const DAY_MS = 86_400_000;
/** Recordings without times of their own begin here. */
const BEGIN = Date.parse('2026-01-05T00:00:00Z');
const HALF: readonly StageInput[] = [{ share: 0.5, bakeSeconds: 3600 }];

// No gain is named as the least worth having: what these recordings ask is whether a loss is seen.
const QUALITY: MetricPlan = {
  key: 'quality',
  role: 'success',
  kind: 'proportion',
  direction: 'increase',
  bounds: [0, 1],
  margin: { value: 0.05, type: 'relative', isDefault: true },
};

const planOf = (
  metrics: readonly MetricPlan[],
  plannedUnits: number,
  stages: readonly StageInput[],
  template: RampTemplate = 'quality-up',
) => resolvePlan({ template, metrics, plannedUnits, stages, challengerShare: null, controlMeans: {} });

/** A file and the rollouts it tells. */
export interface Source {
  readonly file: string;
  readonly recordings: (rows: readonly CsvRow[]) => readonly Recording[];
}

/** The quality of two versions of hosted models, question by question, a hundred a day. */
const llmDrift: Source = {
  file: 'models/llmdrift_prime.csv.gz',
  recordings: (rows) => {
    const cost: MetricPlan = {
      key: 'cost',
      role: 'success',
      kind: 'mean',
      direction: 'decrease',
      bounds: [0, 0.1],
      margin: { value: 0.05, type: 'relative', isDefault: true },
    };
    const stages: StageInput[] = [{ share: 0.25, bakeSeconds: 3600 }, ...HALF];
    const tell = (
      champion: string,
      challenger: string,
      right: RightEnd,
      metrics: readonly MetricPlan[],
      template?: RampTemplate,
    ): Recording => ({
      name: `${champion} → ${challenger}, ${template ?? 'quality-up'}`,
      plan: planOf(metrics, 400, stages, template),
      units: paired(rows, champion, challenger),
      perLook: 20,
      right,
      turnedAt: null,
    });
    return [
      tell('gpt-4-0314', 'gpt-4-0613', 'rolled back', [QUALITY]),
      // Twelve times cheaper, and worse: a cost win does not buy a loss of quality.
      tell('gpt-4-0314', 'gpt-4-0613', 'rolled back', [cost, { ...QUALITY, role: 'guardrail' }], 'cost-down'),
      tell('gpt-3.5-turbo-0301', 'gpt-3.5-turbo-0613', 'promoted', [QUALITY]),
    ];
  },
};

function paired(rows: readonly CsvRow[], champion: string, challenger: string): RecordedUnit[] {
  const of = (model: string) =>
    new Map(rows.filter((row) => row.model === model).map((row) => [row.item_id!, row]));
  const [before, after] = [of(champion), of(challenger)];
  const values = (row: CsvRow) => ({ quality: Number(row.correct_loose), cost: Number(row.cost_usd) });
  return [...before.keys()]
    .filter((item) => after.has(item))
    .sort((a, b) => positionOf(`order:${a}`) - positionOf(`order:${b}`))
    .map((item, index) => ({
      at: BEGIN + (index / 100) * DAY_MS,
      position: positionOf(`unit:${item}`),
      champion: values(before.get(item)!),
      challenger: values(after.get(item)!),
    }));
}

/** Ten tries at each question of programming contests, in the order of their dates. */
const liveCodeBench: Source = {
  file: 'drift/livecodebench_by_date.csv.gz',
  recordings: (rows) => {
    const turned = Date.parse('2023-09-01T00:00:00Z');
    const tell = (
      champion: string,
      challenger: string,
      right: RightEnd,
      turnedAt: number | null,
    ): Recording => ({
      name: `${champion} → ${challenger}`,
      plan: { ...planOf([QUALITY], 4_000, HALF), maxRolloutDays: 365 },
      units: tries(rows, champion, challenger),
      perLook: 50,
      right,
      turnedAt,
    });
    return [
      // As good as the champion on questions it may have seen, and much worse on those that came later.
      tell('GPT-4-Turbo-1106', 'DSCoder-33b-Ins', 'taken off', turned),
      tell('GPT-4-0613', 'GPT-4-Turbo-1106', 'not rolled back', null),
      tell('Claude-2', 'Claude-2', 'not rolled back', null),
      tell('GPT-4-0613', 'GPT-4-0613', 'not rolled back', null),
    ];
  },
};

const TRIES = 10;

function tries(rows: readonly CsvRow[], champion: string, challenger: string): RecordedUnit[] {
  const of = (model: string) =>
    new Map(rows.filter((row) => row.model === model).map((row) => [row.question_id!, row]));
  const [before, after] = [of(champion), of(challenger)];
  return [...before.values()]
    .filter(({ question_id: id }) => after.has(id!))
    .sort((a, b) => (a.contest_date! + a.question_id! < b.contest_date! + b.question_id! ? -1 : 1))
    .flatMap((row) => {
      const solved = (of: CsvRow, attempt: number): number =>
        Number(attempt < Math.round((Number(of.pass_at_1_pct) / 100) * TRIES));
      return Array.from({ length: TRIES }, (_, i) => {
        // Which of the ten tries a unit sees has nothing to do with its arm.
        const shift = Math.floor(positionOf(`try:${row.question_id}`) * TRIES);
        const name = `${row.question_id}:${i}`;
        return {
          at: Date.parse(`${row.contest_date}T00:00:00Z`) + i * 60_000,
          position: positionOf(`unit:${name}`),
          champion: { quality: solved(row, (i + shift) % TRIES) },
          challenger: {
            quality: solved(after.get(row.question_id!)!, (i + shift) % TRIES),
          },
        };
      });
    });
}

/** Machines that fail: the share of readings outside what was usual. */
const machines: Source = {
  file: 'drift/nab_shared.csv.gz',
  recordings: (rows) => {
    const bySeries = new Map<string, CsvRow[]>();
    for (const row of rows) {
      const readings = bySeries.get(row.series!);
      if (readings) readings.push(row);
      else bySeries.set(row.series!, [row]);
    }
    return [...bySeries].flatMap(([series, readings]) => recordingsOf(series, readings));
  },
};

/** Of a series this much is taken for what is usual, as the benchmark does. */
const PROBATION = 0.15;
/** Readings a rollout has behind it when the failure begins. */
const LEAD = 288;
/** A window with fewer readings, or with fewer unusual ones, shows no failure that a limit on readings could see. */
const LEAST_READINGS = 100;
const VISIBLE = 0.15;

function recordingsOf(series: string, readings: readonly CsvRow[]): Recording[] {
  const values = readings.map(({ value }) => Number(value));
  const usual = values.slice(0, Math.floor(PROBATION * values.length)).sort((a, b) => a - b);
  const [low, high] = [usual[Math.floor(0.005 * usual.length)]!, usual[Math.ceil(0.995 * usual.length) - 1]!];
  const unusual = (value: number): number => Number(value < low || value > high);
  const outside = values.map(unusual);
  const errors: MetricPlan = {
    key: 'outside',
    role: 'success',
    kind: 'proportion',
    direction: 'decrease',
    bounds: [0, 1],
    margin: { value: 0.05, type: 'absolute', isDefault: false },
  };
  const tell = (
    name: string,
    from: number,
    to: number,
    right: RightEnd,
    turnedAt: number | null,
  ): Recording => ({
    name: `${series}, ${name}`,
    plan: { ...planOf([errors], 1_000, [{ share: 0.5, bakeSeconds: 1e9 }]), maxRolloutDays: 1_000 },
    units: readings.slice(from, to).map((reading, index) => ({
      at: Date.parse(`${reading.timestamp!.replace(' ', 'T')}Z`),
      position: null,
      // Its neighbour goes on as the machine itself did in the usual time.
      champion: { outside: unusual(usual[Math.floor(positionOf(`${series}:${index}`) * usual.length)]!) },
      challenger: { outside: outside[from + index]! },
    })),
    perLook: 6,
    right,
    turnedAt,
  });
  const windows = windowsOf(readings);
  const probation = Math.floor(PROBATION * values.length);
  if (windows.length === 0)
    return [
      tell('no failure', probation, Math.min(values.length, probation + 2_000), 'not rolled back', null),
    ];
  return windows.flatMap(([from, to], index) => {
    const share = (a: number, b: number): number =>
      outside.slice(a, b).reduce((sum, one) => sum + one, 0) / Math.max(1, b - a);
    const start = from - LEAD;
    // Only what was usual before and is plainly unusual in the window is a failure of this kind.
    const before = start < probation ? 1 : share(start, from);
    if (before > 0.05 || to - from < LEAST_READINGS || share(from, to) < VISIBLE) return [];
    const at = Date.parse(`${readings[from]!.timestamp!.replace(' ', 'T')}Z`);
    return [tell(`failure ${index + 1}`, start, to, 'taken off', at)];
  });
}

function windowsOf(readings: readonly CsvRow[]): Array<[number, number]> {
  const windows: Array<[number, number]> = [];
  readings.forEach(({ in_anomaly_window: inside }, index) => {
    if (inside !== '1') return;
    const open = windows.at(-1);
    if (open && open[1] === index) open[1] = index + 1;
    else windows.push([index, index + 1]);
  });
  return windows;
}

export const SOURCES: readonly Source[] = [llmDrift, liveCodeBench, machines];

/** The rollouts of a source; null when its file is not in the folder. */
export async function recordingsIn(folder: string, source: Source): Promise<readonly Recording[] | null> {
  const rows = await readCsv(folder, source.file);
  return rows && source.recordings(rows);
}
