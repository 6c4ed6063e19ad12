import { type ArmSeeds, SeenUnits } from './seen-units.js';

const seeds = (arm: number): ArmSeeds => ({ seedA: arm, seedB: arm * 31 });

/** Whether it was met before; remembers it. */
function meet(seen: SeenUnits, arm: number, unit: string): boolean {
  const before = seen.has(seeds(arm), unit);
  if (!before) seen.addLast();
  return before;
}

describe('units seen', () => {
  it.each<[string, (n: number) => string]>([
    ['counted ids', (n) => `user-${n}`],
    ['bare numbers', (n) => String(n)],
    ['ids that differ at their beginning', (n) => `${n}-of-the-same-house`],
    ['two characters of any kind', (n) => String.fromCharCode(n >>> 9, n & 511)],
  ])('are told apart, a hundred thousand of them: %s', (_what, id) => {
    const seen = new SeenUnits(200_000);
    let met = 0;
    for (let n = 0; n < 100_000; n += 1) if (meet(seen, 7, id(n))) met += 1;
    expect([met, seen.size]).toEqual([0, 100_000]);
    for (let n = 0; n < 100_000; n += 97) expect(seen.has(seeds(7), id(n))).toBe(true);
    for (let n = 0; n < 100_000; n += 97) expect(seen.has(seeds(8), id(n))).toBe(false);
  });

  it('are asked for without being remembered', () => {
    const seen = new SeenUnits(100);
    expect(seen.has(seeds(1), 'ada')).toBe(false);
    expect(seen.has(seeds(1), 'ada')).toBe(false);
    expect(seen.size).toBe(0);
    seen.addLast();
    expect(seen.has(seeds(1), 'ada')).toBe(true);
  });

  it('are forgotten when they are old, never more than twice the capacity being known', () => {
    const seen = new SeenUnits(1000);
    for (let n = 0; n < 10_000; n += 1) {
      meet(seen, 1, `user-${n}`);
      // Somebody who comes all the time stays known.
      expect(meet(seen, 1, 'busy')).toBe(n > 0);
      expect(seen.size).toBeLessThanOrEqual(2000);
    }
    expect(seen.has(seeds(1), 'user-9999')).toBe(true);
    expect(seen.has(seeds(1), 'user-7000')).toBe(false);
  });
});
