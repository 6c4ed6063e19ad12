import type { HoldoutEffect, HoldoutVerdict } from './holdout-effect.js';

const number = (value: number): string => `${value < 0 ? '−' : ''}${Number(Math.abs(value).toPrecision(3))}`;
const signed = (value: number): string => `${value < 0 ? '' : '+'}${number(value)}`;
const percent = (share: number): string => `${signed(share * 100)} %`;
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const CAME_TO: Readonly<Record<HoldoutEffect['outcome'], string>> = {
  better: 'is better with all changes than without',
  worse: 'is worse with all changes than without',
  higher: 'is higher with all changes than without',
  lower: 'is lower with all changes than without',
  undecided: 'may be the same with and without the changes',
  insufficient: 'cannot be told yet',
};

/** One metric in a sentence: what it came to, by how much, and how sure that is. */
export function effectWords(effect: Omit<HoldoutEffect, 'words'>, missing: string | null): string {
  const { metric, outcome, held, open, difference, lift, interval } = effect;
  const begin = `${metric} ${CAME_TO[outcome]}`;
  if (missing !== null || difference === null)
    return `${begin}: ${missing ?? 'there is nothing to compare'}.`;
  const values = `${number(open.value!)} against ${number(held.value!)}, a difference of ${signed(difference)}`;
  const relative = lift === null ? '' : ` (${percent(lift)})`;
  if (interval?.lower == null || interval.upper === null) return `${begin}: ${values}${relative}.`;
  return `${begin}: ${values}${relative}, surely between ${signed(interval.lower)} and ${signed(interval.upper)}.`;
}

/** The whole in a sentence or two, for whoever reads nothing else. */
export function verdictWords(
  holdout: string,
  verdict: HoldoutVerdict,
  effects: readonly HoldoutEffect[],
): string {
  const which = (outcome: HoldoutEffect['outcome']): string =>
    listed(effects.filter((effect) => effect.outcome === outcome).map(({ metric }) => metric));
  const since = `All changes since ${holdout} began, together,`;
  switch (verdict) {
    case 'UNMEASURED':
      return `${holdout} has no metrics: name those it is to be measured by.`;
    case 'INVALID':
      return 'The units held back and the others cannot be compared; the reasons say why. No figure here may be relied on.';
    case 'BETTER':
      return `${since} have made ${which('better')} better, and nothing that is measured provably worse.`;
    case 'WORSE':
      return `${since} have made ${which('worse')} worse, and nothing that is measured provably better.`;
    case 'MIXED':
      return `${since} have made ${which('better')} better and ${which('worse')} worse.`;
    case 'UNDECIDED':
      return `Whether all changes since ${holdout} began brought anything is not proven yet.`;
  }
}
