import { normal, streamOf } from '../random/index.js';
import { StreamLedger } from './stream-ledger.js';
import type { StreamLine } from './stream-replicate.js';

/** One replicate of two arms, alternating; values by arm. */
function linesOf(
  units: number,
  value: (arm: string, unit: number) => number,
  over: Partial<StreamLine> = {},
): StreamLine[] {
  return Array.from({ length: units }, (_, i) => {
    const arm = i % 2 === 0 ? 'control' : 'new';
    return { unit: `u${i}`, arm, metric: 'm', value: value(arm, i), t: i, ...over };
  });
}

describe('streams', () => {
  it('stop early on an effect, cover it, and ship', () => {
    const ledger = new StreamLedger(5_000);
    for (let r = 0; r < 5; r++) {
      const random = streamOf(1, 'effect', r);
      ledger.add(
        String(r),
        linesOf(4_000, (arm) => (arm === 'new' ? 1 : 0) + normal(random)),
      );
    }
    const [result] = ledger.results();
    expect(result).toMatchObject({
      metric: 'm',
      kind: 'mean',
      treatment: 'new',
      replicates: 5,
      everRejects: 1,
      rejectionLimit: null,
      // An unbounded mean waits for 1,000 units in the smaller arm.
      medianUnitsAtStop: 2_000,
      verdicts: { SHIP: 5 },
      pass: true,
    });
    expect(result!.truth).toBeCloseTo(1, 1);
  });

  it('hold arms that are alike against the level, and find a stream that drifts away from its truth', () => {
    const alike = new StreamLedger(5_000);
    const drifting = new StreamLedger(5_000);
    for (let r = 0; r < 20; r++) {
      const random = streamOf(2, 'alike', r);
      const share = (units: number) => linesOf(units, () => random.bernoulli(0.3));
      alike.add(String(r), share(600));
      // A large effect for the first half, the opposite afterwards: no constant truth fits the early intervals.
      drifting.add(
        String(r),
        linesOf(4_000, (arm, i) => random.bernoulli(arm === 'new' ? (i < 2_000 ? 0.8 : 0.2) : 0.5)),
      );
    }
    expect(alike.results()[0]).toMatchObject({ kind: 'proportion', pass: true });
    expect(alike.results()[0]!.rejectionLimit).toBeCloseTo(0.196, 3);
    expect(drifting.results()[0]).toMatchObject({ alwaysCovers: 0, pass: false });
  });

  it('take several lines of a unit for a ratio, complete at the last', () => {
    const ledger = new StreamLedger(5_000);
    const random = streamOf(3, 'ratio', 0);
    const once = linesOf(2_400, () => Math.exp(normal(random)));
    ledger.add('1', [
      ...once,
      ...once.map((line) => ({ ...line, value: Math.exp(normal(random)), t: line.t + 1 })),
    ]);
    expect(ledger.results()[0]).toMatchObject({ kind: 'ratio', replicates: 1 });
  });

  it('say what is wrong', () => {
    const ledger = new StreamLedger(5_000);
    ledger.add(
      '1',
      linesOf(50, () => 1),
    );
    expect(() =>
      ledger.add(
        '1',
        linesOf(50, () => 1),
      ),
    ).toThrow('metric "m" of replicate "1" comes twice');
    expect(() =>
      ledger.add(
        '2',
        linesOf(50, () => 0.5),
      ),
    ).toThrow('has the value 0.5, but was 0 or 1');
    expect(() =>
      ledger.add(
        '3',
        linesOf(50, () => 1, { arm: 'a' }),
      ),
    ).toThrow('has one arm only');
    expect(() =>
      ledger.add(
        '4',
        linesOf(50, () => 1, { unit: 'u' }),
      ),
    ).toThrow('unit "u" is in the arms "control" and "new"');
  });
});
