import fc from 'fast-check';
import { EventStreamReader } from './event-stream.js';

const TEXT =
  'retry: 1000\n\n: still here\n\nevent: ruleset\nid: 7\ndata: {"version":7}\n\ndata: one\r\ndata: two\r\n\r\nevent: empty\n\ndata:bare\n\n';
const EVENTS = [
  { event: 'ruleset', data: '{"version":7}' },
  { event: 'message', data: 'one\ntwo' },
  { event: 'message', data: 'bare' },
];

describe('an event stream', () => {
  it('gives its events, however the network cuts it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: TEXT.length }), { maxLength: 30 }), (cuts) => {
        const reader = new EventStreamReader();
        const edges = [0, ...[...cuts].sort((a, b) => a - b), TEXT.length];
        const pieces = edges.slice(1).map((end, index) => TEXT.slice(edges[index], end));
        expect(pieces.flatMap((piece) => reader.read(piece))).toEqual(EVENTS);
      }),
    );
  });

  it('keeps no line without end', () => {
    const reader = new EventStreamReader();
    for (let n = 0; n < 40; n += 1) expect(reader.read('x'.repeat(100_000))).toEqual([]);
    expect(reader.read('\n\ndata: after\n\n')).toEqual([{ event: 'message', data: 'after' }]);
  });
});
