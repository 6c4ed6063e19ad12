import { percentOf, readGateFlag, rolloutFlag } from './flag-names.js';

describe('names of flags', () => {
  it.each([
    [
      'contender.production.support-reply.kill',
      { environment: 'production', task: 'support-reply', kind: 'kill' },
    ],
    [
      'contender.production.support-reply.gate',
      { environment: 'production', task: 'support-reply', kind: 'gate' },
    ],
    ['contender.staging.a.b.kill.gate', { environment: 'staging', task: 'a.b.kill', kind: 'gate' }],
    ['contender.production.kill', { environment: 'production', task: null, kind: 'kill' }],
  ])('%s says what it is about', (name, expected) => {
    expect(readGateFlag(name)).toEqual(expected);
  });

  it.each(['contender.production.gate', 'contender.kill', 'checkout.kill', 'contender.production.a.rollout'])(
    '%s is none of ours to read',
    (name) => expect(readGateFlag(name)).toBeNull(),
  );

  it('of a rollout is read by no gate', () => {
    expect(readGateFlag(rolloutFlag('production', 'a'))).toBeNull();
  });
});

describe('per cent of a share', () => {
  it('is never more than the share', () => {
    expect([0, 0.005, 0.01, 0.29, 0.57, 0.999, 1].map(percentOf)).toEqual([0, 0, 1, 29, 57, 99, 100]);
  });
});
