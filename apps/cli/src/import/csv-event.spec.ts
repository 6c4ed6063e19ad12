import { importedEvent } from './batches.js';
import { checkColumns, eventOfRow } from './csv-event.js';

describe('a row of a CSV file', () => {
  it('is an outcome when it has a metric, and an exposure otherwise', () => {
    expect(eventOfRow({ unit: 'ada', at: 't', metric: 'quality', value: '0.5', comment: '' })).toEqual({
      type: 'outcome',
      unit: 'ada',
      at: 't',
      metric: 'quality',
      value: 0.5,
    });
    expect(eventOfRow({ unit: 'ada', at: 't', variant: 'a', sent: 't', tier: 'gold', age: '41' })).toEqual({
      type: 'exposure',
      unit: 'ada',
      at: 't',
      variant: 'a',
      attributes: { tier: 'gold', age: 41 },
    });
  });

  it('may have ids of several units, and attributes beside outcomes', () => {
    expect(
      eventOfRow({ 'units.user': 'ada', 'units.tenant': '', type: 'outcome', 'attributes.zip': '01234' }),
    ).toEqual({ type: 'outcome', units: { user: 'ada' }, attributes: { zip: '01234' } });
  });

  it.each(['', 'abc', '0x10', '1e999', '--1'])('leaves a value such as %p to the edge', (value) => {
    const { value: read } = eventOfRow({ metric: 'quality', value });
    expect(read).toBe(value === '' ? undefined : value === '1e999' ? Infinity : value);
  });

  it('is refused with its whole file when a column would be dropped', () => {
    expect(() => checkColumns(['unit', 'at', 'variant', 'tier'], 'units.csv')).not.toThrow();
    expect(() =>
      checkColumns(['unit', 'at', 'metric', 'value', 'units.user', 'sent'], 'o.csv'),
    ).not.toThrow();
    expect(() => checkColumns(['unit', 'at', 'metric', 'valeu'], 'o.csv')).toThrow(
      expect.objectContaining({ code: 'IMPORT_COLUMN_UNKNOWN', message: expect.stringContaining('"valeu"') }),
    );
  });
});

describe('an imported event', () => {
  const target = { digest: 'd'.repeat(64), experiment: 'tone' };
  const id = (line: number, over: Partial<typeof target> = {}): unknown =>
    importedEvent({ line, event: { unit: 'ada' } }, { ...target, ...over })['id'];

  it('has one id for one line of one file and experiment, and keeps its own', () => {
    expect(id(7)).toBe(id(7));
    expect(new Set([id(7), id(8), id(7, { digest: 'e' }), id(7, { experiment: 'other' })]).size).toBe(4);
    expect(importedEvent({ line: 7, event: { id: 'mine' } }, target)['id']).toBe('mine');
  });

  it('is about the experiment of the import where it names nothing itself', () => {
    expect(importedEvent({ line: 1, event: { unit: 'ada' } }, target)['experiment']).toBe('tone');
    for (const field of ['experiment', 'rollout', 'assignmentId']) {
      const event = importedEvent({ line: 1, event: { [field]: 'own' } }, target);
      expect(event['experiment']).toBe(field === 'experiment' ? 'own' : undefined);
    }
  });
});
