import { compileRuleset, decide, recompileRuleset, type Ruleset } from '@app/bucketing';
import fc from 'fast-check';
import { HeldRuleset } from './held-ruleset.js';
import { DeltaDoesNotFit } from './ruleset-delta.js';
import { aSmallRuleset, histories } from './testing/arbitrary-ruleset.js';

/** Padded, so that a change is a small part of the whole: nobody publishes a delta that is not. */
const padded = (ruleset: Ruleset): HeldRuleset =>
  HeldRuleset.parse(
    JSON.stringify({
      ...ruleset,
      models: { ...ruleset.models, 'large@1': { ...ruleset.models['old@1']!, name: 'x'.repeat(20_000) } },
    }),
  );
const UNITS = ['u1', 'u2', 'u3', 'é', '7'];

describe('a ruleset that is followed by what changes', () => {
  it('is the one that is read as a whole, after any series of edits: text, digest and answers', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const published = history.map(padded);
        let held = HeldRuleset.parse(published[0]!.text());
        let compiled = compileRuleset(held.ruleset);
        for (const [index, whole] of published.slice(1).entries()) {
          const next = held.after(published[index]!.deltaTo(whole)!);
          expect(next.sha256).toBe(whole.sha256);
          expect(next.text()).toBe(whole.text());
          expect(HeldRuleset.parse(next.text()).sha256).toBe(whole.sha256);
          compiled = recompileRuleset(compiled, next.ruleset);
          const fresh = compileRuleset(whole.ruleset);
          for (const task of ['reply', 'summary', 'translate', '7', 'none']) {
            for (const unit of UNITS) {
              const attributes = { plan: 'pro' };
              expect(decide(compiled, task, unit, attributes)).toEqual(decide(fresh, task, unit, attributes));
            }
          }
          held = next;
        }
      }),
    );
  });

  it('never becomes another than the published one, whatever happened to the delta', () => {
    fc.assert(
      fc.property(histories, fc.nat(), fc.nat(255), (history, at, byte) => {
        const [first, second] = [padded(history[0]!), padded(history[1]!)];
        const bytes = Buffer.from(first.deltaTo(second)!);
        bytes[at % bytes.length] = byte;
        let made: HeldRuleset;
        try {
          made = first.after(bytes.toString());
        } catch {
          return;
        }
        expect(made.text()).toBe(second.text());
        expect(made.sha256).toBe(second.sha256);
      }),
      { numRuns: 500 },
    );
  });

  const moved = (version: number): Ruleset => {
    const ruleset = aSmallRuleset(version);
    return {
      ...ruleset,
      tasks: { ...ruleset.tasks, reply: { ...ruleset.tasks.reply!, champion: 'new@1' } },
    };
  };
  const [one, two, three] = [padded(aSmallRuleset(1)), padded(moved(2)), padded(aSmallRuleset(3))];

  it('comes back by another version when a change is undone', () => {
    const back = one.after(one.deltaTo(two)!).after(two.deltaTo(three)!);
    expect(back.version).toBe(3);
    expect(back.ruleset.tasks).toEqual(one.ruleset.tasks);
    expect(back.text()).toBe(three.text());
  });

  it('takes no delta of another version, of the same number with another text, or twice', () => {
    const delta = two.deltaTo(three)!;
    expect(() => one.after(delta)).toThrow(DeltaDoesNotFit);
    expect(() => padded(aSmallRuleset(2)).after(delta)).toThrow('of another ruleset');
    expect(() => two.after(delta).after(delta)).toThrow('of another ruleset');
  });

  it.each([
    ['of a later format', (text: string) => text.replace('"format":1', '"format":2'), 'format 2'],
    ['with another rule in it', (text: string) => text.replace('new@1', 'old@1'), 'not what was published'],
    ['with another digest', (text: string) => text.replace(two.sha256, one.sha256), 'not what was published'],
    ['cut off', (text: string) => text.slice(0, -20), 'JSON'],
    ['of nothing', () => 'null', 'null'],
    ['without its parts', () => JSON.stringify({ format: 1, base: one.sha256 }), 'undefined'],
  ])('refuses a delta %s', (_how, damage, words) => {
    expect(() => one.after(damage(one.deltaTo(two)!))).toThrow(words);
  });

  it('is published as a whole alone where that is as little', () => {
    const small = HeldRuleset.parse(JSON.stringify(aSmallRuleset(1)));
    expect(small.deltaTo(HeldRuleset.parse(JSON.stringify(moved(2))))).toBeNull();
  });

  it('keeps a text that was published with other spaces, and takes deltas on it', () => {
    const spaced = HeldRuleset.parse(JSON.stringify(one.ruleset, null, 1));
    expect(spaced.text()).toBe(JSON.stringify(one.ruleset, null, 1));
    expect(spaced.after(spaced.deltaTo(two)!).text()).toBe(two.text());
  });
});
