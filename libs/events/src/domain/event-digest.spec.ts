import fc from 'fast-check';
import { anOutcome } from '../testing/event.builder.js';
import { contentOf, eventDigest } from './event-digest.js';

const hex = (event: Parameters<typeof eventDigest>[0]): string =>
  Buffer.from(eventDigest(event), 'latin1').toString('hex');
const bare = anOutcome({ units: [], at: new Date('2026-01-05T10:00:00.123Z'), metric: null, value: null });

describe('the digest of an event', () => {
  it('stays what it was when keys were stored with it', () => {
    expect(hex(bare)).toBe('00391352691476c1d6a8b39bdc99ba8c');
    expect(
      hex({
        ...bare,
        task: 'reply',
        units: [
          { unitType: 'user', unit: 'u-1' },
          { unitType: '', unit: '"\\\n\u{1F600}\u2028é\u007f' },
        ],
        metric: 'quality',
        value: -1.5e-7,
        inferenceId: 'i',
        evaluator: 'j',
        evaluatorVersion: '2',
        servedModel: 'm',
        source: 's',
        comment: 'a\tb \u{1F600}',
        attributes: { z: 1, a: ['x', '"'], b: null, c: false },
      }),
    ).toBe('df1138e4b10f40f55f6496f89873cee3');
    expect(
      hex({
        ...bare,
        type: 'exposure',
        units: [{ unitType: 'user', unit: 'u-1' }],
        subjectId: '0190a0c0-0000-7000-8000-000000000001',
        epoch: 3,
        variant: 'a',
        assignmentId: 't',
        value: -0,
      }),
    ).toBe('d9b0d8db4de9a372191e6fed031f5b58');
  });

  it('is of JSON, whatever texts and numbers say', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud800', '"', '\\', '\u0000', '\u007f'),
    );
    fc.assert(
      fc.property(text, text, text, fc.double({ noNaN: true, noDefaultInfinity: true }), (...said) => {
        const [task, unit, comment, value] = said;
        const units = [{ unitType: task, unit }];
        const content = JSON.parse(contentOf({ ...bare, task, units, comment, value })) as unknown[];
        // JSON has no -0.
        const expected = [task, [[task, unit]], value + 0, comment];
        expect([content[1], content[2], content[5], content[15]]).toEqual(expected);
        expect(content).toHaveLength(17);
      }),
    );
  });
});
