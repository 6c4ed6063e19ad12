import { Type } from 'class-transformer';
import { IsInt, IsNumber, IsOptional, IsUrl, Max, Min } from 'class-validator';
import { ProcessConfig, readProcessConfig } from '@app/config';

/** What the control plane is told by its environment. */
export class ControlConfig extends ProcessConfig {
  @Type(() => Number)
  @IsInt({ message: 'CONTENDER_CONTROL_PORT is not a whole number' })
  @Min(0, { message: 'CONTENDER_CONTROL_PORT is below 0' })
  @Max(65_535, { message: 'CONTENDER_CONTROL_PORT is above 65535' })
  CONTENDER_CONTROL_PORT = 8080;

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

/** @throws ConfigError naming every problem */
export function readControlConfig(environment: NodeJS.ProcessEnv): ControlConfig {
  return readProcessConfig(ControlConfig, environment);
}
