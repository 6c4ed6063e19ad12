import { freeShare, type HashRange } from '@app/bucketing';
import { ExperimentError } from './experiment.errors.js';

interface Taken {
  readonly key: string;
  readonly trafficShare: number;
  readonly ranges: readonly HashRange[];
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** The refusal of a share that is not free, saying who has it. */
export function trafficRefusal(
  experiment: { readonly task: string; readonly environment: string },
  share: number,
  others: readonly Taken[],
): ExperimentError {
  const free = freeShare(others.flatMap((other) => [...other.ranges]));
  const names = others.map((other) => `${other.key} (${percent(other.trafficShare)})`).join(', ');
  return new ExperimentError(
    'TRAFFIC_NOT_AVAILABLE',
    `it wants ${percent(share)} of ${experiment.task} in ${experiment.environment}, but only ${percent(free)} is free; taken by ${names}`,
  );
}
