import { gateChanges } from './closed-gate.js';

const gate = (task: string, flag = `${task}.kill`) => ({ environment: 'production', task, flag });

describe('what a flag server changed', () => {
  it('is what it closed and what it opened', () => {
    expect(gateChanges([gate('a'), gate('b')], [gate('b'), gate('c')])).toEqual({
      closed: [gate('c')],
      opened: [gate('a')],
    });
  });

  it('is nothing when it says the same in another order', () => {
    expect(gateChanges([gate('a'), gate('b')], [gate('b'), gate('a')])).toEqual({ closed: [], opened: [] });
  });

  it('keeps two flags of one task apart', () => {
    expect(gateChanges([gate('a')], [gate('a'), gate('a', 'a.gate')]).closed).toEqual([gate('a', 'a.gate')]);
  });
});
