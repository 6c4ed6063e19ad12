import { IsIn, IsString, Matches } from 'class-validator';
import { ConfigError, readConfig } from './read-config.js';

/** What every process of Contender is told by its environment. */
export class ProcessConfig {
  /** No default: the supervisor or the operator says where the data is. */
  @IsString({ message: 'DATABASE_URL is not set' })
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL does not begin with postgres://' })
  DATABASE_URL!: string;

  @IsString()
  CONTENDER_HOST = '127.0.0.1';

  /** `virtual` lets time be moved by request: private instances only. */
  @IsIn(['system', 'virtual'], { message: 'CONTENDER_CLOCK is neither system nor virtual' })
  CONTENDER_CLOCK: 'system' | 'virtual' = 'system';
}

/** @throws ConfigError naming every problem, also those between two variables */
export function readProcessConfig<T extends ProcessConfig>(
  type: new () => T,
  environment: NodeJS.ProcessEnv,
): T {
  const config = readConfig(type, environment);
  if (config.CONTENDER_CLOCK === 'virtual' && !isLoopback(config.CONTENDER_HOST)) {
    throw new ConfigError([
      `CONTENDER_CLOCK=virtual lets anyone move time; CONTENDER_HOST must be a loopback address, not ${config.CONTENDER_HOST}`,
    ]);
  }
  return config;
}

/** Whether only this machine can reach a host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
