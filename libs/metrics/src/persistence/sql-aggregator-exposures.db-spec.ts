import { createTestDatabase } from '@app/testing';
import { at, CountedSubject, NOW, of, SUBJECT } from './testing/counted-subject.js';

describe('SqlAggregator: exposures', () => {
  const subject = CountedSubject.forEach(createTestDatabase);
  const { count, exposure, opened, outcome, units, values } = subject;

  it('keeps the first exposure with the attributes of that moment', async () => {
    await opened(undefined, { covariates: ['spend'] });
    await count(
      exposure({ at: at('12:00:00'), attributes: { tier: 'gold', spend: 9 } }),
      exposure({ at: at('10:00:00'), attributes: { tier: 'free', spend: 3.5 } }),
    );
    expect(await units()).toMatchObject([
      {
        unit: 'ada',
        variant: 'control',
        epoch: 1,
        first_at: at('10:00:00'),
        attributes: { tier: 'free', spend: 3.5 },
        covariate: 3.5,
        crossing: false,
        carried: false,
      },
    ]);
  });

  it('moves to an earlier exposure that arrives late', async () => {
    await opened();
    await count(exposure({ at: at('12:00:00') }));
    await count(exposure({ at: at('10:00:00') }));
    expect(await units()).toMatchObject([{ first_at: at('10:00:00') }]);
  });

  it('calls a unit seen in two arms of one epoch crossing', async () => {
    await opened();
    await count(exposure(), exposure({ variant: 'treatment', at: at('12:00:00') }), exposure(of('bob')));
    expect(await units()).toMatchObject([
      { unit: 'ada', crossing: true, variant: 'control' },
      { unit: 'bob', crossing: false },
    ]);
  });

  it('does not call a unit moved by a new epoch crossing, and keeps it in its first', async () => {
    await opened();
    await subject.world.openEpoch(SUBJECT, 2, at('12:00:00'));
    await count(exposure({ epoch: 1 }), exposure({ variant: 'treatment', at: at('13:00:00'), epoch: 2 }));
    expect(await units()).toMatchObject([{ crossing: false, epoch: 1, variant: 'control' }]);
  });

  it('finds the epoch in force for exposures that name none', async () => {
    await opened();
    await subject.world.openEpoch(SUBJECT, 2, at('12:00:00'));
    await count(
      exposure({ ...of('a'), at: new Date('2026-01-01T00:00:00Z') }),
      exposure({ ...of('b'), at: at('11:59:59.999') }),
      exposure({ ...of('c'), at: at('12:00:00') }),
    );
    expect((await units()).map(({ epoch }) => epoch)).toEqual([1, 1, 2]);
  });

  it('follows an epoch that is opened after its exposures were counted', async () => {
    await opened();
    await count(
      exposure(),
      exposure({ variant: 'treatment', at: at('13:00:00') }),
      exposure({ ...of('b'), at: at('13:00:00') }),
    );
    await subject.world.openEpoch(SUBJECT, 2, at('12:00:00'));
    await subject.world.drain(NOW);
    expect(await units()).toMatchObject([
      { unit: 'ada', crossing: false, epoch: 1 },
      { unit: 'b', epoch: 2 },
    ]);
  });

  it('ignores exposures after the subject closed for them, even those already counted', async () => {
    await opened();
    await count(
      exposure(of('in')),
      exposure({ ...of('out'), at: at('12:00:00.001') }),
      outcome({ ...of('out'), at: at('13:00:00') }),
    );
    expect(await units()).toHaveLength(2);
    await subject.world.pool.query('UPDATE subjects SET exposures_until = $1, outcomes_until = $2', [
      at('12:00:00'),
      new Date('2026-01-12T12:00:00Z'),
    ]);
    await subject.world.drain(NOW);
    expect(await units()).toMatchObject([{ unit: 'in' }]);
    expect(await values()).toEqual({});
  });

  it('leaves out exposures of another unit type and of another environment', async () => {
    await opened();
    await subject.world.append([exposure({ units: [{ unitType: 'tenant', unit: 'ada' }] })]);
    await subject.world.append([exposure(of('eve'))], 'staging');
    await subject.world.drain(NOW);
    expect(await units()).toEqual([]);
  });

  it('counts units that keep a winner apart', async () => {
    await opened();
    await count(exposure({ source: 'carried' }), exposure(of('bob')));
    const { rows } = await subject.world.pool.query(
      `SELECT sum(units)::int AS units, sum(carried_units)::int AS carried FROM exposure_sums WHERE dimension = ''`,
    );
    expect(rows).toEqual([{ units: 1, carried: 1 }]);
  });
});
