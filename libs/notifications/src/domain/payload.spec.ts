import type { Notice } from './notice.js';
import { payloadOf } from './payload.js';
import { addressProblem } from './webhook.js';

const notice: Notice = {
  type: 'rollout.rolled-back',
  at: '2026-01-05T09:00:00.000Z',
  environment: 'production',
  subject: { kind: 'rollout', key: 'reply-large' },
  title: 'Rollout reply-large <!channel> was rolled back from 5 %',
  reasons: ['errors rose & rose', 'x'.repeat(5000)],
  actor: 'worker',
  data: { receipt: 7 },
};

describe('what a receiver is sent', () => {
  it('is the notice with the id of its delivery', () => {
    expect(JSON.parse(payloadOf('json', 'd-1', notice))).toEqual({ id: 'd-1', ...notice });
  });

  it('is a message Slack takes: nothing that calls a channel, no block over its limit', () => {
    const message = JSON.parse(payloadOf('slack', 'd-1', notice)) as {
      text: string;
      blocks: Array<{ type: string; text?: { text: string } }>;
    };
    expect(message.text).toContain('&lt;!channel&gt;');
    expect(message.blocks.map(({ type }) => type)).toEqual(['section', 'section', 'context']);
    expect(message.blocks[1]!.text!.text).toMatch(/^• errors rose &amp; rose\n• x+…$/);
    expect(message.blocks[1]!.text!.text.length).toBeLessThanOrEqual(3000);
  });

  it.each([
    ['https://hooks.example.com/a', null],
    ['http://127.0.0.1:9000/a', null],
    ['http://[::1]/a', null],
    ['http://hooks.example.com', 'must begin with https'],
    ['ftp://127.0.0.1/a', 'must begin with https'],
    ['https://ada:secret@hooks.example.com', 'must not carry a user'],
    ['/relative', 'not an absolute URL'],
  ])('goes to %s: %s', (url, problem) => {
    if (problem === null) expect(addressProblem(url)).toBeNull();
    else expect(addressProblem(url)).toContain(problem);
  });
});
