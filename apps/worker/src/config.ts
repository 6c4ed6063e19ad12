import { Type } from 'class-transformer';
import { IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';
import { ProcessConfig, readProcessConfig } from '@app/config';

/** What a worker is told by its environment. */
export class WorkerConfig extends ProcessConfig {
  /** Where /health is served; without it a worker listens to nothing. */
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'CONTENDER_WORKER_PORT is not a whole number' })
  @Min(0, { message: 'CONTENDER_WORKER_PORT is below 0' })
  @Max(65_535, { message: 'CONTENDER_WORKER_PORT is above 65535' })
  CONTENDER_WORKER_PORT?: number;

  @Type(() => Number)
  @IsNumber({}, { message: 'CONTENDER_LOOK_INTERVAL_SECONDS is not a number' })
  @Min(1, { message: 'CONTENDER_LOOK_INTERVAL_SECONDS is below 1' })
  CONTENDER_LOOK_INTERVAL_SECONDS = 3600;

  @Type(() => Number)
  @IsNumber({}, { message: 'CONTENDER_ROLLOUT_INTERVAL_SECONDS is not a number' })
  @Min(1, { message: 'CONTENDER_ROLLOUT_INTERVAL_SECONDS is below 1' })
  CONTENDER_ROLLOUT_INTERVAL_SECONDS = 60;

  /** How long a worker that nobody woke sleeps before it looks by itself. */
  @Type(() => Number)
  @IsInt({ message: 'CONTENDER_WORKER_POLL_MS is not a whole number' })
  @Min(10, { message: 'CONTENDER_WORKER_POLL_MS is below 10' })
  @Max(60_000, { message: 'CONTENDER_WORKER_POLL_MS is above 60000' })
  CONTENDER_WORKER_POLL_MS = 1000;
}

/** @throws ConfigError naming every problem */
export function readWorkerConfig(environment: NodeJS.ProcessEnv): WorkerConfig {
  return readProcessConfig(WorkerConfig, environment);
}
