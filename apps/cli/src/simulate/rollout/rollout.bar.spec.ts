import { runRow, streamOf } from '@app/simulation';
import { rolloutBar } from './rollout.bar.js';
import { UnitStream } from './unit-stream.js';
import { argoStyle, fixedHorizon, flaggerStyle } from './ways.js';

describe('the ramp’s operating characteristics, quickly', () => {
  it.each(rolloutBar.rows.map((row) => [row.name, row] as const))('%s', (_, row) => {
    const runs = runRow(rolloutBar, row, { seed: 4, replicates: row.replicates.quick });
    const { figures, band, pass } = runs.at(-1)!.judgement;
    expect({ figures, band, pass }).toEqual({ figures, band, pass: true });
  });
});

describe('other ways to roll out', () => {
  const pace = { perLook: 500, looksPerDay: 4, looks: 40 };
  /** What the challenger does is certain, so that there is one way to end. */
  const certain = (quality: number, errors: number): UnitStream => {
    const stream = new UnitStream(pace.perLook * pace.looks);
    stream.draw(streamOf(1, 'certain', 0), {
      champion: { quality: 0.7, errors: 0.03 },
      challenger: { quality, errors },
    });
    return stream;
  };

  it('give the challenger as many units as their shares say', () => {
    const { challenger, control, champion } = certain(1, 0).split(0, 10_000, 0.1);
    expect([challenger.units, control.units, champion.units].map((n) => Math.round(n / 100))).toEqual([
      10, 10, 80,
    ]);
    expect(challenger).toMatchObject({ good: challenger.units, errors: 0 });
  });

  it('promote what is always good, each at its own pace', () => {
    expect(argoStyle(certain(1, 0), pace)).toMatchObject({ end: 'promoted', days: 4 });
    expect(flaggerStyle(certain(1, 0), pace)).toMatchObject({ end: 'promoted', days: 2.5 });
    expect(fixedHorizon(4_000)(certain(1, 0), pace)).toMatchObject({ end: 'promoted', days: 2 });
  });

  it('do not promote what always fails', () => {
    expect(argoStyle(certain(0, 1), pace)).toMatchObject({ end: 'rolled-back', days: 1 });
    expect(flaggerStyle(certain(0, 1), pace)).toMatchObject({ end: 'rolled-back', days: 1.25 });
    expect(fixedHorizon(4_000)(certain(0, 1), pace)).toMatchObject({ end: 'stopped', days: 2 });
  });
});
