import { createTestDatabase } from '@app/testing';
import { at, CountedSubject, of, OPENED, OTHER, SUBJECT } from './testing/counted-subject.js';

describe('SqlAggregator: attribution', () => {
  const subject = CountedSubject.forEach(createTestDatabase);
  const { count, exposure, opened, outcome, values } = subject;

  it('counts an outcome that arrives before its exposure', async () => {
    await opened();
    await count(outcome({ value: 0.5 }));
    expect(await values()).toEqual({});
    await count(exposure());
    expect(await values()).toEqual({ ada: 0.5 });
  });

  it('allows a minute between clocks before the exposure and no more', async () => {
    await opened([{ key: 'quality', aggregate: 'sum' }]);
    await count(
      exposure(),
      outcome({ at: at('09:58:59.999'), value: 1 }),
      outcome({ at: at('09:59:00'), value: 10 }),
      outcome({ at: at('10:00:00'), value: 100 }),
    );
    expect(await values()).toEqual({ ada: 110 });
  });

  it('counts an outcome by its assignment or inference id whatever its clock says', async () => {
    await opened([{ key: 'quality', aggregate: 'sum' }]);
    await count(
      exposure({ assignmentId: 'token', inferenceId: 'inf' }),
      outcome({ at: at('08:00:00'), value: 1, assignmentId: 'token' }),
      outcome({ at: at('08:00:00'), value: 10, inferenceId: 'inf' }),
      outcome({ at: at('08:00:00'), value: 100, assignmentId: 'another' }),
      outcome({ at: at('08:00:00'), value: 1000 }),
    );
    expect(await values()).toEqual({ ada: 11 });
  });

  it('finds the unit of an outcome that knows only its inference, in either order of arrival', async () => {
    await opened([{ key: 'quality', aggregate: 'sum' }]);
    const lone = (value: number) => outcome({ units: [], inferenceId: 'inf', value });
    await count(lone(1));
    await count(exposure({ inferenceId: 'inf', ...of('ada') }));
    expect(await values()).toEqual({ ada: 1 });
    await count(lone(10));
    expect(await values()).toEqual({ ada: 11 });
  });

  it('leaves out answers that nobody was given, and units known by them alone', async () => {
    await opened([{ key: 'quality', aggregate: 'sum' }]);
    const shadow = { source: 'shadow' };
    await count(
      exposure({ inferenceId: 'inf', ...of('ada') }),
      outcome({ ...of('ada'), value: 1 }),
      outcome({ ...of('ada'), value: 10, ...shadow }),
      outcome({ ...of('ada'), value: 100, inferenceId: 'mirrored', ...shadow }),
      outcome({ units: [], inferenceId: 'inf', value: 1000, ...shadow }),
      outcome({ units: [], inferenceId: 'mirrored', value: 10_000 }),
    );
    expect(await values()).toEqual({ ada: 1 });
  });

  it('ends the window before its length is over, ties left out, delay included', async () => {
    await opened([
      { key: 'quality', aggregate: 'sum', lengthS: 3600 },
      { key: 'later', source: 'quality', aggregate: 'sum', delayS: 1800, lengthS: 3600 },
    ]);
    await count(
      exposure(),
      outcome({ at: at('10:00:00'), value: 1 }),
      outcome({ at: at('10:59:59.999'), value: 10 }),
      outcome({ at: at('11:00:00'), value: 100 }),
      outcome({ at: at('11:30:00'), value: 1000 }),
    );
    expect(await values()).toEqual({ ada: 11 });
    expect(await values('later')).toEqual({ ada: 110 });
  });

  it('re-attributes everything when a late, earlier exposure moves the window', async () => {
    await opened([{ key: 'quality', aggregate: 'sum', lengthS: 3600 }]);
    await count(
      exposure({ at: at('12:00:00') }),
      outcome({ at: at('10:30:00'), value: 1 }),
      outcome({ at: at('12:30:00'), value: 10 }),
    );
    expect(await values()).toEqual({ ada: 10 });
    await count(exposure({ at: at('10:00:00') }));
    expect(await values()).toEqual({ ada: 1 });
  });

  it('counts an outcome without a task everywhere, one with a task for that task', async () => {
    await opened([{ key: 'quality', aggregate: 'sum' }]);
    await subject.world.openSubject({
      id: OTHER,
      key: 'menu',
      task: 'menu',
      metrics: [{ key: 'quality' }],
      openedAt: OPENED,
    });
    await count(
      exposure(),
      exposure({ subjectId: OTHER }),
      outcome({ value: 1 }),
      outcome({ value: 10, task: 'support' }),
      outcome({ value: 100, subjectId: OTHER }),
    );
    const { rows } = await subject.world.pool.query(
      'SELECT subject_id, value FROM unit_metrics ORDER BY subject_id',
    );
    expect(rows).toEqual([
      { subject_id: SUBJECT, value: 11 },
      { subject_id: OTHER, value: 101 },
    ]);
  });

  it('stops at the end of the grace period', async () => {
    await opened([{ key: 'quality', aggregate: 'sum' }]);
    await subject.world.pool.query('UPDATE subjects SET exposures_until = $1, outcomes_until = $2', [
      at('11:00:00'),
      at('12:00:00'),
    ]);
    await count(
      exposure(),
      outcome({ at: at('11:59:59.999'), value: 1 }),
      outcome({ at: at('12:00:00'), value: 10 }),
    );
    expect(await values()).toEqual({ ada: 1 });
  });
});
