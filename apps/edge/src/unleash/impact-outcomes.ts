import { createHash } from 'node:crypto';
import type { UnleashImpactMetric, UnleashSample, WireEvent } from '@app/wire';

export interface ImpactOutcomes {
  readonly outcomes: readonly WireEvent[];
  /** Samples that do not say whom they are about. */
  readonly unmapped: number;
}

/**
 * The outcomes that impact metrics can become. A sample is about somebody when its labels have an `assignmentId`; or a
 * `unit`, with `task` or without; or, where the task of a flag label is randomised by `application`, the `appName` that
 * SDKs add to every sample. All others are sums over many units, and no unit has them.
 *
 * A counter or gauge becomes one outcome of its name; a histogram two, `<name>_sum` and `<name>_count`, for a ratio.
 *
 * @param source what makes the same sample of the same bucket one outcome, however often it is sent
 * @param byApplication whether a task's unit is the application
 */
export function impactOutcomes(
  metrics: readonly UnleashImpactMetric[],
  { source, at, byApplication }: { source: string; at: string; byApplication: (task: string) => boolean },
): ImpactOutcomes {
  const outcomes: WireEvent[] = [];
  let unmapped = 0;
  for (const { name, samples } of metrics) {
    for (const sample of samples) {
      const { labels = {} } = sample;
      // What SDKs send of a counter or histogram that nobody has touched.
      if ((sample.value ?? sample.count) === 0 && Object.keys(labels).length === 0) continue;
      const about = subjectsOf(labels, byApplication);
      const values = valuesOf(name, sample);
      if (about.length === 0 || values.length === 0) {
        unmapped += 1;
        continue;
      }
      for (const subject of about) {
        for (const [metric, value] of values) {
          const id = idOf([source, metric, labels, subject]);
          outcomes.push({
            id,
            type: 'outcome',
            at,
            metric,
            value,
            source: 'unleash',
            ...subject,
          } as WireEvent);
        }
      }
    }
  }
  return { outcomes, unmapped };
}

const idOf = (parts: readonly unknown[]): string =>
  `unleash-${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;

function valuesOf(name: string, { value, sum, count }: UnleashSample): Array<[string, number]> {
  if (value !== undefined) return [[name, value]];
  return sum === undefined || count === undefined
    ? []
    : [
        [`${name}_sum`, sum],
        [`${name}_count`, count],
      ];
}

function subjectsOf(
  labels: Readonly<Record<string, string>>,
  byApplication: (task: string) => boolean,
): Array<Partial<WireEvent>> {
  const { assignmentId, unit, task, appName } = labels;
  if (assignmentId) return [{ assignmentId }];
  if (unit) return [{ unit, ...(task && { task }) }];
  if (!appName) return [];
  return Object.keys(labels)
    .filter((label) => byApplication(label))
    .map((flag) => ({ task: flag, unit: appName }));
}
