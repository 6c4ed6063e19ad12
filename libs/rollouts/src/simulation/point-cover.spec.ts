import { PointCover } from './point-cover.js';

describe('the cover of points', () => {
  it('leaves the first half of the lives to chance, and then what there is time for', () => {
    const cover = new PointCover();
    cover.lived(3, ['a', 'b'], 'a');
    expect(cover.next({ lives: 10, done: 4 })).toBeNull();
    expect(cover.next({ lives: 10, done: 5 })).toBeNull();
    expect(cover.next({ lives: 10, done: 9 })).toEqual({ point: 'b', life: 3 });
  });

  it('asks another life when the first does not come to the point a second time, and gives up in the end', () => {
    const cover = new PointCover();
    for (const life of [3, 3, 5]) cover.lived(life, ['a'], null);
    const asked = [8, 9, 10].map((done) => cover.next({ lives: 10, done })?.life);
    expect(asked).toEqual([undefined, 3, 5]);
    expect([cover.next({ lives: 10, done: 10 }), cover.left]).toEqual([null, 0]);
    expect([cover.seen, [...cover.struck]]).toEqual([['a'], []]);
  });

  it('is done with a point that was struck', () => {
    const cover = new PointCover();
    cover.lived(1, ['a'], null);
    cover.lived(2, ['a'], 'a');
    expect([cover.left, cover.next({ lives: 3, done: 3 })]).toEqual([0, null]);
  });
});
