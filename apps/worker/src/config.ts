import { Type } from 'class-transformer';
import { IsInt, IsNumber, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { ConfigError, ProcessConfig, readProcessConfig } from '@app/config';
import type { AdminSettings } from './upstream/unleash-admin.js';
import type { UpstreamSettings } from './upstream/upstream-flags.js';

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

  /** Days of events that are kept; the same here and on the edges. More are kept while something open needs them. */
  @Type(() => Number)
  @IsNumber({}, { message: 'CONTENDER_EVENT_RETENTION_DAYS is not a number' })
  @Min(1, { message: 'CONTENDER_EVENT_RETENTION_DAYS is below 1' })
  CONTENDER_EVENT_RETENTION_DAYS = 400;

  /** The organisation's own Unleash server; without it nothing outside switches tasks off. */
  @IsOptional()
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true },
    { message: 'UNLEASH_URL is not an address such as https://unleash.example.com/api' },
  )
  UNLEASH_URL?: string;

  /** A client (backend) token; needed with UNLEASH_URL. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]+$/, { message: 'UNLEASH_API_TOKEN has characters that no token has' })
  UNLEASH_API_TOKEN?: string;

  /** A token that may write flags; without it rollouts are not shown there. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]+$/, { message: 'UNLEASH_ADMIN_TOKEN has characters that no token has' })
  UNLEASH_ADMIN_TOKEN?: string;

  /** Project in which flags of rollouts are made. */
  @IsString()
  UNLEASH_PROJECT = 'default';

  /** Environment of the Unleash server in which flags of rollouts are kept. */
  @IsString()
  UNLEASH_ENVIRONMENT = 'production';

  /** How often the server is asked; a closed gate reaches the edges about a second later. */
  @Type(() => Number)
  @IsInt({ message: 'UNLEASH_REFRESH_MS is not a whole number' })
  @Min(100, { message: 'UNLEASH_REFRESH_MS is below 100' })
  @Max(60_000, { message: 'UNLEASH_REFRESH_MS is above 60000' })
  UNLEASH_REFRESH_MS = 1000;

  /** null without an upstream. */
  get upstream(): (UpstreamSettings & { readonly admin: AdminSettings | null }) | null {
    const { UNLEASH_URL, UNLEASH_API_TOKEN: token, UNLEASH_ADMIN_TOKEN: adminToken } = this;
    if (UNLEASH_URL === undefined || token === undefined) return null;
    const url = `${UNLEASH_URL.replace(/\/+$/, '').replace(/\/api$/, '')}/api`;
    const where = { project: this.UNLEASH_PROJECT, environment: this.UNLEASH_ENVIRONMENT };
    return {
      url,
      token,
      refreshMs: this.UNLEASH_REFRESH_MS,
      admin: adminToken === undefined ? null : { url, token: adminToken, ...where },
    };
  }
}

/** @throws ConfigError naming every problem */
export function readWorkerConfig(environment: NodeJS.ProcessEnv): WorkerConfig {
  const config = readProcessConfig(WorkerConfig, environment);
  const { UNLEASH_URL: url, UNLEASH_API_TOKEN: token, UNLEASH_ADMIN_TOKEN: adminToken } = config;
  if (url !== undefined && token === undefined) {
    throw new ConfigError(['UNLEASH_API_TOKEN is not set, and UNLEASH_URL cannot be read without it']);
  }
  if (url === undefined && (token ?? adminToken) !== undefined) {
    throw new ConfigError(['UNLEASH_URL is not set, so there is nothing to use the UNLEASH tokens for']);
  }
  return config;
}
