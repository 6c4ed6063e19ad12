import { erfc } from './erfc.js';

describe('the complementary error function', () => {
  // 20 digits of values computed with 40.
  it.each([
    [-2, 1.9953222650189527342],
    [0.25, 0.72367360983176306701],
    [0.8, 0.25789903529233951383],
    [1, 0.15729920705028513066],
    [2, 0.0046777349810472658379],
    [5.5, 7.3578479179743980631e-15],
    [20, 5.3958656116079009289e-176],
    [26, 5.6631924088561428465e-296],
  ])('at %p', (x, expected) => {
    expect(Math.abs(erfc(x) / expected - 1)).toBeLessThan(5e-16);
  });

  it('joins its pieces without a step', () => {
    for (const border of [0.25, 0.84375, 1.25, 1 / 0.35]) {
      for (const x of [border, -border]) {
        const apart = erfc(x * (1 - 1e-15)) / erfc(x * (1 + 1e-15));
        expect(Math.abs(apart - 1)).toBeLessThan(5e-14);
      }
    }
  });

  it('ends where doubles end', () => {
    expect([0, -0, 30, -30, Infinity, -Infinity, NaN].map(erfc)).toEqual([1, 1, 0, 2, 0, 2, NaN]);
  });
});
