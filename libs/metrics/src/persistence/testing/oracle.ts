import type { NewEvent } from '@app/events';
import type { WorldMetric } from './measured-world.js';

export interface OracleSubject {
  readonly id: string;
  readonly task: string;
  readonly unitType: string;
  readonly exposuresUntil: number | null;
  readonly outcomesUntil: number | null;
  readonly epochs: ReadonlyArray<{ readonly number: number; readonly openedAt: number }>;
  readonly metrics: readonly WorldMetric[];
}

export interface OracleUnit {
  readonly unit: string;
  readonly variant: string;
  readonly epoch: number;
  readonly firstAt: number;
  readonly crossing: boolean;
  /** Values by metric key; absent without events that count. */
  readonly values: Readonly<Record<string, { value: number; denominator: number | null; events: number }>>;
}

const TOLERANCE_MS = 60_000;
const byTime = (a: NewEvent, b: NewEvent): number =>
  a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/**
 * What the unit rows of a subject must be, straight from the rules and one unit at a time: no SQL, no increments, no
 * order of arrival. Each event is taken once by its id.
 */
export function unitsByTheRules(subject: OracleSubject, sent: readonly NewEvent[]): OracleUnit[] {
  const once = [...new Map([...sent].reverse().map((event) => [event.id, event])).values()];
  const events = once.filter(({ type, source }) => type === 'exposure' || source !== 'shadow').sort(byTime);
  const names = new Set(events.flatMap((event) => event.units.map(({ unit }) => unit)));
  return [...names].sort().flatMap((unit) => {
    const exposures = events.filter(
      (event) =>
        event.type === 'exposure' &&
        event.subjectId === subject.id &&
        isAbout(event, unit, subject) &&
        (subject.exposuresUntil === null || event.at.getTime() <= subject.exposuresUntil),
    );
    const first = exposures[0];
    if (!first) return [];
    const firstAt = first.at.getTime();
    const arms = new Map<number, Set<string>>();
    for (const exposure of exposures) {
      const epoch = epochOf(exposure, subject);
      arms.set(epoch, (arms.get(epoch) ?? new Set()).add(exposure.variant!));
    }
    const inferences = new Set(
      events
        .filter((event) => isNamed(event, unit))
        .map((event) => event.inferenceId)
        .filter((id) => id !== null),
    );
    const outcomes = events.filter(
      (event) =>
        event.type === 'outcome' &&
        (isAbout(event, unit, subject) || (event.units.length === 0 && inferences.has(event.inferenceId!))),
    );
    return [
      {
        unit,
        variant: first.variant!,
        epoch: epochOf(first, subject),
        firstAt,
        crossing: [...arms.values()].some((seen) => seen.size > 1),
        values: Object.fromEntries(
          subject.metrics.flatMap((metric) => {
            const counted = outcomes.filter((outcome) =>
              counts(outcome, metric, subject, firstAt, exposures),
            );
            const value = valueOf(metric, counted);
            return value ? [[metric.key, value]] : [];
          }),
        ),
      },
    ];
  });
}

const isNamed = (event: NewEvent, unit: string): boolean => event.units.some((one) => one.unit === unit);
const isAbout = (event: NewEvent, unit: string, subject: OracleSubject): boolean =>
  event.units.some((one) => one.unit === unit && ['', subject.unitType].includes(one.unitType));

function epochOf(exposure: NewEvent, subject: OracleSubject): number {
  if (exposure.epoch !== null) return exposure.epoch;
  const inForce = subject.epochs.filter(({ openedAt }) => openedAt <= exposure.at.getTime());
  return inForce.length > 0 ? Math.max(...inForce.map(({ number }) => number)) : subject.epochs[0]!.number;
}

function counts(
  outcome: NewEvent,
  metric: WorldMetric,
  subject: OracleSubject,
  firstAt: number,
  exposures: readonly NewEvent[],
): boolean {
  const at = outcome.at.getTime();
  const delay = (metric.delayS ?? 0) * 1000;
  if (outcome.task !== null && outcome.task !== subject.task) return false;
  if (outcome.subjectId !== null && outcome.subjectId !== subject.id && outcome.assignmentId === null)
    return false;
  if (subject.outcomesUntil !== null && at >= subject.outcomesUntil) return false;
  if (metric.lengthS !== undefined && at >= firstAt + delay + metric.lengthS * 1000) return false;
  const byId = exposures.some(
    (exposure) =>
      (outcome.assignmentId !== null && exposure.assignmentId === outcome.assignmentId) ||
      (outcome.inferenceId !== null && exposure.inferenceId === outcome.inferenceId),
  );
  return at >= firstAt + delay - TOLERANCE_MS || (byId && delay === 0);
}

function valueOf(
  metric: WorldMetric,
  outcomes: readonly NewEvent[],
): { value: number; denominator: number | null; events: number } | null {
  const kind = metric.kind ?? 'mean';
  const itself = ['proportion', 'count', 'ratio'].includes(kind);
  const read = (outcome: NewEvent): number | null => {
    if (metric.threshold !== undefined)
      return outcome.value === null ? null : Number(outcome.value > metric.threshold);
    return outcome.value ?? (itself ? 1 : null);
  };
  const source = kind === 'ratio' ? metric.numerator : (metric.source ?? metric.key);
  const values = outcomes
    .filter(({ metric: name }) => name === source)
    .map(read)
    .filter((value) => value !== null);
  if (kind === 'ratio') {
    const below = outcomes
      .filter(({ metric: name }) => name === metric.denominator)
      .map(({ value }) => value ?? 1);
    if (values.length + below.length === 0) return null;
    return { value: sum(values), denominator: sum(below), events: values.length + below.length };
  }
  if (values.length === 0) return null;
  const value =
    kind === 'proportion'
      ? Math.max(...values)
      : kind === 'count'
        ? sum(values)
        : sum(values) / values.length;
  return { value: Math.min(value, metric.cap ?? Infinity), denominator: null, events: values.length };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
