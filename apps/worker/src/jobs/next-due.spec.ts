import { afterFailure, nextOnGrid } from './next-due.js';

const at = (text: string): Date => new Date(`2026-01-05T${text}Z`);

describe('nextOnGrid', () => {
  it('stays on the grid whenever it is asked', () => {
    expect(nextOnGrid(at('00:00:00'), 3600, at('00:00:00'))).toEqual(at('01:00:00'));
    expect(nextOnGrid(at('00:00:00'), 3600, at('00:59:59.999'))).toEqual(at('01:00:00'));
    expect(nextOnGrid(at('00:00:00'), 3600, at('01:00:00'))).toEqual(at('02:00:00'));
  });

  it('runs once for all the moments it slept over', () => {
    expect(nextOnGrid(at('00:00:00'), 3600, at('07:20:00'))).toEqual(at('08:00:00'));
  });

  it('is never before the first interval is over', () => {
    expect(nextOnGrid(at('12:00:00'), 3600, at('07:20:00'))).toEqual(at('13:00:00'));
  });
});

describe('afterFailure', () => {
  it('waits longer each time and an hour at most', () => {
    const waits = [1, 2, 3, 9, 10_000].map(
      (attempts) => (afterFailure(at('00:00:00'), attempts).getTime() - at('00:00:00').getTime()) / 1000,
    );
    expect(waits).toEqual([15, 30, 60, 3600, 3600]);
  });
});
