import { planRetention, type RetainedSubject } from './plan-retention.js';

const NOW = new Date('2026-06-10T15:00:00Z');
const subject = (over: Partial<RetainedSubject> = {}): RetainedSubject => ({
  id: '00000000-0000-7000-8000-000000000001',
  kind: 'experiment',
  key: 'tone',
  since: new Date('2026-06-01T12:00:00Z'),
  outcomesUntil: null,
  ...over,
});
const floorOf = (...subjects: RetainedSubject[]): string =>
  planRetention(NOW, 30, null, subjects).floor.toISOString();

describe('retention', () => {
  it('drops whole days older than the days kept, and leaves one more to clocks that differ', () => {
    expect(floorOf()).toBe('2026-05-10T00:00:00.000Z');
  });

  it('keeps all that an open subject may need, from the day before its first exposure', () => {
    const old = subject({ since: new Date('2026-03-05T00:00:00Z') });
    expect(planRetention(NOW, 30, null, [subject(), old])).toEqual({
      floor: new Date('2026-03-04T00:00:00Z'),
      freeze: [],
      heldBackBy: old,
    });
  });

  it('holds nothing back for a subject whose outcomes ended a day ago, and freezes it when its days go', () => {
    const closed = (until: string): RetainedSubject =>
      subject({ since: new Date('2026-03-05T00:00:00Z'), outcomesUntil: new Date(until) });
    expect(floorOf(closed('2026-06-09T15:00:00.001Z'))).toBe('2026-03-04T00:00:00.000Z');
    expect(planRetention(NOW, 30, null, [closed('2026-06-09T15:00:00Z')])).toEqual({
      floor: new Date('2026-05-10T00:00:00Z'),
      freeze: [closed('2026-06-09T15:00:00Z')],
      heldBackBy: null,
    });
  });

  it('does not freeze a closed subject that loses nothing', () => {
    const young = subject({
      since: new Date('2026-05-11T00:00:00Z'),
      outcomesUntil: new Date('2026-05-20T00:00:00Z'),
    });
    expect(planRetention(NOW, 30, null, [young]).freeze).toEqual([]);
    expect(
      planRetention(NOW, 30, null, [{ ...young, since: new Date('2026-05-10T23:59:00Z') }]).freeze,
    ).toHaveLength(1);
  });

  it('never brings a dropped day back', () => {
    const floor = new Date('2026-05-20T00:00:00Z');
    expect(planRetention(NOW, 300, floor, []).floor).toEqual(floor);
    expect(
      planRetention(NOW, 30, floor, [subject({ since: new Date('2026-01-01T00:00:00Z') })]).floor,
    ).toEqual(floor);
  });
});
