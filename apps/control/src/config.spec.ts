import { readControlConfig } from './config.js';

const url = { DATABASE_URL: 'postgres://localhost/contender' };

describe('the configuration of the control plane', () => {
  it('needs nothing but the database', () => {
    expect(readControlConfig(url)).toMatchObject({
      CONTENDER_HOST: '127.0.0.1',
      CONTENDER_CONTROL_PORT: 8080,
      CONTENDER_CLOCK: 'system',
      CONTENDER_LOOK_INTERVAL_SECONDS: 3600,
    });
  });

  it('names every problem at once', () => {
    const broken = {
      DATABASE_URL: 'mysql://x',
      CONTENDER_CONTROL_PORT: 'eighty',
      CONTENDER_CLOCK: 'sundial',
    };
    expect(() => readControlConfig(broken)).toThrow(
      expect.objectContaining({
        problems: expect.arrayContaining([
          expect.stringContaining('DATABASE_URL'),
          expect.stringContaining('CONTENDER_CONTROL_PORT'),
          expect.stringContaining('CONTENDER_CLOCK'),
        ]),
      }),
    );
  });

  it('lets nobody move time from another machine', () => {
    const virtual = { ...url, CONTENDER_CLOCK: 'virtual' };
    expect(readControlConfig({ ...virtual, CONTENDER_HOST: '::1' }).CONTENDER_CLOCK).toBe('virtual');
    expect(() => readControlConfig({ ...virtual, CONTENDER_HOST: '0.0.0.0' })).toThrow('loopback');
  });
});
