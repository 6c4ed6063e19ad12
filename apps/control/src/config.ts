import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { ConfigError, readConfig } from '@app/config';

/** What the control plane is told by its environment. */
export class ControlConfig {
  /** No default: the supervisor or the operator says where the data is. */
  @IsString({ message: 'DATABASE_URL is not set' })
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL does not begin with postgres://' })
  DATABASE_URL!: string;

  @IsString()
  CONTENDER_HOST = '127.0.0.1';

  @Type(() => Number)
  @IsInt({ message: 'CONTENDER_CONTROL_PORT is not a whole number' })
  @Min(0, { message: 'CONTENDER_CONTROL_PORT is below 0' })
  @Max(65_535, { message: 'CONTENDER_CONTROL_PORT is above 65535' })
  CONTENDER_CONTROL_PORT = 8080;

  /** `virtual` lets time be moved by request: private instances only. */
  @IsIn(['system', 'virtual'], { message: 'CONTENDER_CLOCK is neither system nor virtual' })
  CONTENDER_CLOCK: 'system' | 'virtual' = 'system';

  /** Printed in the API description; without it the page's own address is used. */
  @IsOptional()
  @IsUrl({ require_tld: false }, { message: 'CONTENDER_CONTROL_PUBLIC_URL is not an address' })
  CONTENDER_CONTROL_PUBLIC_URL?: string;

  @IsUrl({ require_tld: false }, { message: 'CONTENDER_EDGE_PUBLIC_URL is not an address' })
  CONTENDER_EDGE_PUBLIC_URL = 'http://127.0.0.1:8081';

  @Type(() => Number)
  @IsNumber({}, { message: 'CONTENDER_LOOK_INTERVAL_SECONDS is not a number' })
  @Min(1, { message: 'CONTENDER_LOOK_INTERVAL_SECONDS is below 1' })
  CONTENDER_LOOK_INTERVAL_SECONDS = 3600;

  @Type(() => Number)
  @IsNumber({}, { message: 'CONTENDER_ROLLOUT_INTERVAL_SECONDS is not a number' })
  @Min(1, { message: 'CONTENDER_ROLLOUT_INTERVAL_SECONDS is below 1' })
  CONTENDER_ROLLOUT_INTERVAL_SECONDS = 60;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** @throws ConfigError naming every problem */
export function readControlConfig(environment: NodeJS.ProcessEnv): ControlConfig {
  const config = readConfig(ControlConfig, environment);
  if (config.CONTENDER_CLOCK === 'virtual' && !LOOPBACK.has(config.CONTENDER_HOST)) {
    throw new ConfigError([
      `CONTENDER_CLOCK=virtual lets anyone move time; CONTENDER_HOST must be a loopback address, not ${config.CONTENDER_HOST}`,
    ]);
  }
  return config;
}
