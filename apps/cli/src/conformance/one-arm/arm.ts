/** What a route says of one unit and one task, in one form: arm, model, and the experiment or rollout it is of. */
export type Arm = string;

export interface Said {
  readonly variant: string | null;
  readonly model: string | null;
  readonly source: string;
  readonly subject?: string;
}

/** Where nothing was drawn, flag SDKs say `champion` or `holdout`; our own API says no variant, and the source. */
export function armOf({ variant, model, source, subject }: Said): Arm {
  const arm = variant ?? (source === 'holdout' ? 'holdout' : 'champion');
  return `${arm} ${String(model)} ${subject ?? '-'}`;
}

/** `ServedValue`: what Unleash's and GrowthBook's clients hand to a caller. */
export interface Served {
  readonly variant: string;
  readonly model: { readonly key: string; readonly version: number };
  readonly source: string;
  readonly experiment?: string;
  readonly rollout?: string;
}

export function armOfServed({ variant, model, source, experiment, rollout }: Served): Arm {
  const name = `${model.key}@${model.version}`;
  return armOf({ variant, model: name, source, subject: experiment ?? rollout });
}
