import { MAX_ATTRIBUTES_SIZE } from '@app/wire';
import { keepAttributes } from './stored-attributes.js';

const said = { plan: 'pro', email: 'a@example.com', seats: 3, tags: ['x', 'y'] };

describe('what is kept of attributes', () => {
  it('is all of them, unless an operator says otherwise', () => {
    expect(keepAttributes('*')(said)).toEqual(said);
    expect(keepAttributes('*')({})).toEqual({});
  });

  it('is what the list names, spaces and repetitions aside', () => {
    expect(keepAttributes('plan, seats,plan,country')(said)).toEqual({ plan: 'pro', seats: 3 });
  });

  it('is nothing where nothing is listed, or nothing of it is said', () => {
    expect(keepAttributes('none')(said)).toBeNull();
    expect(keepAttributes('country')(said)).toBeNull();
    expect(keepAttributes('plan')(null)).toBeNull();
  });

  it('does not take what every object has for something that was said', () => {
    expect(keepAttributes('constructor,toString,plan')(said)).toEqual({ plan: 'pro' });
  });

  it('is as much as there is room for, in the order given', () => {
    const list = Array.from({ length: 64 }, () => 'x'.repeat(256));
    const long = { plan: 'pro', list, seats: 3 };
    expect(64 * 256).toBe(MAX_ATTRIBUTES_SIZE);
    expect(keepAttributes('*')(long)).toEqual({ plan: 'pro', seats: 3 });
    expect(keepAttributes('list')(long)).toBeNull();
  });
});
