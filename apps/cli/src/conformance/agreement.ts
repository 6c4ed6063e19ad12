import { deepStrictEqual as same } from 'node:assert/strict';
import type { ConformanceInstance } from './context.js';
import { armOf } from './world.js';

/** Who is asked about, and what is known of them. */
export interface Person {
  readonly unit: string;
  readonly plan: string;
}

/** What a route says of a unit; a null variant: nothing was drawn. */
export interface Said {
  readonly variant: string | null;
  readonly model: string | null;
}

/** Units of ASCII ids, every third without the attribute that the experiments want, and those named for an arm. */
export function people(count: number): Person[] {
  const drawn = Array.from({ length: count }, (_, index) => ({
    unit: `user-${index}-${(index * 2654435761) % 9973}`,
    plan: index % 3 === 0 ? 'free' : 'pro',
  }));
  return [...drawn, { unit: 'named-1', plan: 'free' }, { unit: 'named-2', plan: 'pro' }];
}

/** What our own API answers them: every other route has to say the same. */
export async function expectations(
  instance: ConformanceInstance,
  task: string,
  asked: readonly Person[],
): Promise<ReadonlyMap<string, Said>> {
  const answers = new Map<string, Said>();
  for (let from = 0; from < asked.length; from += 16) {
    const group = asked.slice(from, from + 16);
    const said = await Promise.all(group.map(({ unit, plan }) => armOf(instance, task, unit, { plan })));
    group.forEach(({ unit }, index) => answers.set(unit, said[index]!));
  }
  return answers;
}

/** Holds what a client said against our own answers, and that every arm and the champion came up. */
export function agree(expected: ReadonlyMap<string, Said>, got: ReadonlyMap<string, Said>): void {
  same(got.size, expected.size);
  const wrong = [...expected].filter(
    ([unit, { variant, model }]) => got.get(unit)?.variant !== variant || got.get(unit)?.model !== model,
  );
  same(
    wrong.slice(0, 5).map(([unit, said]) => ({ unit, expected: said, got: got.get(unit) })),
    [],
  );
  const arms = new Set([...expected.values()].map(({ variant }) => variant));
  same([...arms].sort(), ['large', 'small', null].sort());
}

/** The variant that flag SDKs are told, in our own words: `champion` is nobody's arm. */
export function saidOf(value: { variant: string; model: { key: string; version: number } } | null): Said {
  if (value === null) return { variant: null, model: null };
  const variant = value.variant === 'champion' ? null : value.variant;
  return { variant, model: `${value.model.key}@${value.model.version}` };
}
