import { Type } from 'class-transformer';
import { IsInt, Max } from 'class-validator';
import { isLoopback, ProcessConfig, readProcessConfig } from './process-config.js';
import { ConfigError } from './read-config.js';

class ExampleConfig extends ProcessConfig {
  @Type(() => Number)
  @IsInt({ message: 'PORT is not a whole number' })
  @Max(65_535, { message: 'PORT is above 65535' })
  PORT = 8080;
}

const DATABASE_URL = 'postgres://contender:secret@localhost/contender';
const problemsOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readProcessConfig(ExampleConfig, environment);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

describe('reading the environment', () => {
  it('takes defaults for what is unset or empty, and turns texts into what is declared', () => {
    expect(readProcessConfig(ExampleConfig, { DATABASE_URL, PORT: '9000', CONTENDER_HOST: '' })).toEqual({
      DATABASE_URL,
      PORT: 9000,
      CONTENDER_HOST: '127.0.0.1',
      CONTENDER_CLOCK: 'system',
    });
  });

  it('ignores what it does not declare, and cannot be changed afterwards', () => {
    const config = readProcessConfig(ExampleConfig, { DATABASE_URL, HOME: '/root' });
    expect(config).not.toHaveProperty('HOME');
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every problem at once and never the value, which may be a secret', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://u:secret@h/d',
      PORT: 'x',
      CONTENDER_CLOCK: 'sundial',
    });
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toMatch(/secret|sundial/);
  });

  it('refuses virtual time where others could move it', () => {
    expect(problemsOf({ DATABASE_URL, CONTENDER_CLOCK: 'virtual' })).toEqual([]);
    expect(problemsOf({ DATABASE_URL, CONTENDER_CLOCK: 'virtual', CONTENDER_HOST: '0.0.0.0' })).toEqual([
      expect.stringContaining('loopback'),
    ]);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['10.127.0.1', false],
    ['128.0.0.1', false],
  ])('%s is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
