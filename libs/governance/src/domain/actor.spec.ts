import { environmentAllowed, roleCovers } from './actor.js';

describe('roles', () => {
  it('let the higher do what the lower may, and not the other way round', () => {
    expect(roleCovers('admin', 'viewer')).toBe(true);
    expect(roleCovers('editor', 'editor')).toBe(true);
    expect(roleCovers('viewer', 'editor')).toBe(false);
    expect(roleCovers('editor', 'admin')).toBe(false);
  });

  it('keep service keys out of the control plane altogether', () => {
    expect(roleCovers('service', 'viewer')).toBe(false);
  });
});

describe('environments of an actor', () => {
  const actor = { name: 'ann', role: 'editor', kind: 'human' } as const;

  it('are all of them when none is named', () => {
    expect(environmentAllowed({ ...actor, environment: null }, 'production')).toBe(true);
    expect(environmentAllowed(actor, 'production')).toBe(true);
  });

  it('are only the named one otherwise', () => {
    expect(environmentAllowed({ ...actor, environment: 'staging' }, 'production')).toBe(false);
    expect(environmentAllowed({ ...actor, environment: 'staging' }, 'staging')).toBe(true);
  });
});
