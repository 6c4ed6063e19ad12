import { Type } from 'class-transformer';
import { IsIn, IsInt, IsIP, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { ConfigError, isLoopback, readConfig } from '@app/config';

const PORT = 'must be a port between 1 and 65535';

/** What `npm start` and `npm run migrate` read from the environment; every key has a default. */
export class StartConfig {
  /** A PostgreSQL of yours; without it an embedded one is started. */
  @IsOptional()
  @IsString()
  @Matches(/^postgres(ql)?:\/\/./, {
    message: 'DATABASE_URL must look like postgres://user:password@host:5432/database',
  })
  DATABASE_URL?: string;

  @IsString()
  CONTENDER_DATA_DIR: string = '.data';

  @IsIP(undefined, { message: 'CONTENDER_HOST must be an IP address, such as 127.0.0.1 or 0.0.0.0' })
  CONTENDER_HOST: string = '127.0.0.1';

  @Type(() => Number)
  @IsInt({ message: `CONTENDER_CONTROL_PORT ${PORT}` })
  @Min(1, { message: `CONTENDER_CONTROL_PORT ${PORT}` })
  @Max(65535, { message: `CONTENDER_CONTROL_PORT ${PORT}` })
  CONTENDER_CONTROL_PORT: number = 8080;

  @Type(() => Number)
  @IsInt({ message: `CONTENDER_EDGE_PORT ${PORT}` })
  @Min(1, { message: `CONTENDER_EDGE_PORT ${PORT}` })
  @Max(65535, { message: `CONTENDER_EDGE_PORT ${PORT}` })
  CONTENDER_EDGE_PORT: number = 8081;

  @IsIn(['system', 'virtual'], { message: 'CONTENDER_CLOCK must be system or virtual' })
  CONTENDER_CLOCK: 'system' | 'virtual' = 'system';
}

/** @throws ConfigError naming every problem, also those between two variables */
export function readStartConfig(environment: NodeJS.ProcessEnv): StartConfig {
  const config = readConfig(StartConfig, environment);
  const problems: string[] = [];
  if (config.CONTENDER_CONTROL_PORT === config.CONTENDER_EDGE_PORT) {
    problems.push('CONTENDER_CONTROL_PORT and CONTENDER_EDGE_PORT must differ');
  }
  if (config.CONTENDER_CLOCK === 'virtual' && !isLoopback(config.CONTENDER_HOST)) {
    problems.push(
      'CONTENDER_CLOCK=virtual is for private instances: CONTENDER_HOST must be a loopback address',
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}
