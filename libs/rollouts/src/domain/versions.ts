import type { Reason } from '@app/stats';

/** Who scored and who served, as far as events said it. */
export interface VersionEvidence {
  /** Judges (`name@version`) that scored a metric. */
  readonly judges: Readonly<Record<string, readonly string[]>>;
  /** Per arm, the provider's model that most units got in the earlier and in the later half; null when none did. */
  readonly served: Readonly<
    Record<string, { readonly earlier: string | null; readonly later: string | null }>
  >;
}

/** Units with the same judges and models. */
export interface VersionCount {
  readonly metric: string;
  readonly variant: string;
  readonly half: number;
  readonly evaluators: readonly string[] | null;
  readonly servedModels: readonly string[] | null;
  readonly units: number;
}

/** Fewer units of a half say nothing about what the provider serves. */
const LEAST_UNITS = 20;

export function versionEvidence(counts: readonly VersionCount[]): VersionEvidence {
  const judges: Record<string, string[]> = {};
  for (const { metric, evaluators } of counts) {
    for (const judge of evaluators ?? []) {
      const known = (judges[metric] ??= []);
      if (!known.includes(judge)) known.push(judge);
    }
  }
  const arms = [...new Set(counts.filter(({ servedModels }) => servedModels).map(({ variant }) => variant))];
  const served = arms.map((arm) => [
    arm,
    { earlier: mostServed(counts, arm, 1), later: mostServed(counts, arm, 2) },
  ]);
  return {
    judges: Object.fromEntries(Object.entries(judges).map(([metric, names]) => [metric, names.sort()])),
    served: Object.fromEntries(served) as VersionEvidence['served'],
  };
}

/** The model that more than half of the units got; fallbacks in between are outcomes of their arm and no change. */
function mostServed(counts: readonly VersionCount[], arm: string, half: number): string | null {
  const units = new Map<string, number>();
  let all = 0;
  for (const count of counts) {
    if (count.variant !== arm || count.half !== half || !count.servedModels) continue;
    all += count.units;
    for (const model of count.servedModels) units.set(model, (units.get(model) ?? 0) + count.units);
  }
  if (all < LEAST_UNITS) return null;
  const [model, most] = [...units].sort((a, b) => b[1] - a[1])[0]!;
  return most > all / 2 ? model : null;
}

/** What changed under way and makes earlier and later units incomparable. */
export function versionReasons(versions: VersionEvidence | undefined): Reason[] {
  if (!versions) return [];
  const judged = Object.entries(versions.judges).flatMap(([metric, judges]): Reason[] => {
    const [first, second] = twoVersions(judges);
    if (!first || !second) return [];
    return [
      {
        code: 'JUDGE_CHANGED',
        metric,
        message: `${metric} was scored by ${first} and by ${second}: a change of the judge looks like a change of the model. Roll back, and begin anew when the judge stands.`,
      },
    ];
  });
  const served = Object.entries(versions.served).flatMap(([arm, { earlier, later }]): Reason[] => {
    if (earlier === null || later === null || earlier === later) return [];
    return [
      {
        code: 'PROVIDER_CHANGED',
        message: `The provider served ${earlier} to the ${arm} and now serves ${later}: what was compared is not what would be promoted. Register it as a version of its own.`,
      },
    ];
  });
  return [...judged, ...served];
}

/** Two versions of one judge; several judges side by side are no change. */
function twoVersions(judges: readonly string[]): readonly [string, string] | readonly [] {
  const byName = new Map<string, string>();
  for (const judge of judges) {
    const name = judge.split('@', 1)[0]!;
    const other = byName.get(name);
    if (other !== undefined) return [other, judge];
    byName.set(name, judge);
  }
  return [];
}
