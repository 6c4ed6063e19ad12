import { type Aim, aimAtAny, aimAtNew, drawnAim } from './strike.js';

/** The points of two transactions, in the order in which a life comes to them. */
const COME_TO: ReadonlyArray<readonly [number, string]> = [
  [1, 'lock'],
  [2, 'lock > save'],
  [3, 'lock > save > committed'],
  [1, 'lock'],
  [2, 'lock > read'],
];
/** Index of the first point that the strike falls on; -1 when on none. */
const fallsAt = (aim: Aim): number => COME_TO.findIndex(([statement, point]) => aim(statement, point));

describe('a strike', () => {
  it('falls as it was drawn: at the n-th statement, after passing it some times', () => {
    expect(fallsAt(drawnAim({ statement: 2, passes: 0 }))).toBe(1);
    expect(fallsAt(drawnAim({ statement: 2, passes: 1 }))).toBe(4);
    expect(fallsAt(drawnAim({ statement: 2, passes: 2 }))).toBe(-1);
  });

  it('falls on a point that is wanted', () => {
    expect(fallsAt(aimAtAny(new Set(['lock > read'])))).toBe(4);
    expect(fallsAt(aimAtAny(new Set(['read'])))).toBe(-1);
  });

  it('falls where none fell before, unless it was drawn for something earlier', () => {
    const struck = new Set(['lock', 'lock > save']);
    expect(fallsAt(aimAtNew(struck, drawnAim({ statement: 2, passes: 1 })))).toBe(2);
    expect(fallsAt(aimAtNew(struck, drawnAim({ statement: 1, passes: 0 })))).toBe(0);
    const all = new Set(COME_TO.map(([, point]) => point));
    expect(fallsAt(aimAtNew(all, drawnAim({ statement: 2, passes: 1 })))).toBe(4);
  });
});
