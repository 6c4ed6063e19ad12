import { modelRef, parseModelRef } from './model.js';

describe('a reference to a model', () => {
  it('names the newest version by its key alone', () => {
    expect(parseModelRef('gpt-4.1')).toEqual({ key: 'gpt-4.1', version: null });
  });

  it('names a version, and reads back what was written', () => {
    expect(parseModelRef(modelRef({ key: 'No E-Mail', version: 12 }))).toEqual({
      key: 'No E-Mail',
      version: 12,
    });
  });

  it.each(['gpt@', '@3', 'gpt@0', 'gpt@1.5', 'gpt@latest'])('refuses %p', (text) => {
    expect(() => parseModelRef(text)).toThrow('is not a model');
  });
});
