import { pageOf, readCursor, readNumberCursor } from './page.js';

describe('a page', () => {
  it('leads to the next by its cursor until the last says null', () => {
    const first = pageOf(['a', 'b', 'c'], { limit: 2 }, (row) => row);
    expect(first.items).toEqual(['a', 'b']);
    expect(readCursor({ limit: 2, cursor: first.nextCursor! })).toBe('b');
    expect(pageOf(['c'], { limit: 2 }, (row) => row).nextCursor).toBeNull();
  });

  it('refuses a cursor that it did not make', () => {
    expect(() => readCursor({ limit: 2, cursor: 'x' })).toThrow('not a cursor');
    expect(() =>
      readNumberCursor({ limit: 2, cursor: pageOf(['a', 'b'], { limit: 1 }, (row) => row).nextCursor! }),
    ).toThrow('not a cursor');
  });
});
