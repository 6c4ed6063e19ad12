import { Type } from 'class-transformer';
import { IsInt, IsNumber, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { ProcessConfig, readProcessConfig } from '@app/config';

/** What the data plane is told by its environment. */
export class EdgeConfig extends ProcessConfig {
  @Type(() => Number)
  @IsInt({ message: 'CONTENDER_EDGE_PORT is not a whole number' })
  @Min(0, { message: 'CONTENDER_EDGE_PORT is below 0' })
  @Max(65_535, { message: 'CONTENDER_EDGE_PORT is above 65535' })
  CONTENDER_EDGE_PORT = 8081;

  /** Snapshots are kept under `edge/` in it, so that a restart serves while the database is away. */
  @IsString()
  CONTENDER_DATA_DIR = '.data';

  /** Whose Swagger page may call from a browser. */
  @IsOptional()
  @IsUrl({ require_tld: false }, { message: 'CONTENDER_CONTROL_PUBLIC_URL is not an address' })
  CONTENDER_CONTROL_PUBLIC_URL?: string;

  /** Origins of pages that may call from a browser, by commas; `*` for all. A page's key is known to whoever opens it. */
  @Matches(/^(|\*|https?:\/\/[^\s,/]+(,https?:\/\/[^\s,/]+)*)$/, {
    message:
      'CONTENDER_EDGE_CORS_ORIGINS is neither * nor origins such as https://app.example.com, by commas',
  })
  CONTENDER_EDGE_CORS_ORIGINS = '';

  /** Connections for storing events. */
  @Type(() => Number)
  @IsInt({ message: 'CONTENDER_EDGE_CONNECTIONS is not a whole number' })
  @Min(1, { message: 'CONTENDER_EDGE_CONNECTIONS is below 1' })
  @Max(100, { message: 'CONTENDER_EDGE_CONNECTIONS is above 100' })
  CONTENDER_EDGE_CONNECTIONS = 4;

  /** Event streams that one key may have open at a time; each holds a connection. A page's key is known to whoever opens it. */
  @Type(() => Number)
  @IsInt({ message: 'CONTENDER_EDGE_STREAMS_PER_KEY is not a whole number' })
  @Min(1, { message: 'CONTENDER_EDGE_STREAMS_PER_KEY is below 1' })
  CONTENDER_EDGE_STREAMS_PER_KEY = 5000;

  /** Where events wait while the database is away; `edge/spool` in the data directory. One edge process each. */
  @IsOptional()
  @IsString()
  CONTENDER_SPOOL_DIR?: string;

  /** Bytes of events on disk while the database is away; beyond it callers keep them. */
  @Type(() => Number)
  @IsInt({ message: 'CONTENDER_SPOOL_MAX_BYTES is not a whole number' })
  @Min(0, { message: 'CONTENDER_SPOOL_MAX_BYTES is below 0' })
  CONTENDER_SPOOL_MAX_BYTES = 1024 * 1024 * 1024;

  /** Bytes of event bodies that are read, judged or stored at one time; beyond it callers keep them. */
  @Type(() => Number)
  @IsInt({ message: 'CONTENDER_INTAKE_MAX_BYTES is not a whole number' })
  @Min(1, { message: 'CONTENDER_INTAKE_MAX_BYTES is below 1' })
  CONTENDER_INTAKE_MAX_BYTES = 64 * 1024 * 1024;

  /**
   * Attributes of units that are written down, by commas; `*` for all, `none` for nothing. Audiences see all of them;
   * dimensions and covariates only what is written.
   */
  @Matches(/^(\*|[^,*]+(,[^,*]+)*)$/, {
    message: 'CONTENDER_STORED_ATTRIBUTES is neither *, none nor names of attributes, by commas',
  })
  CONTENDER_STORED_ATTRIBUTES = '*';

  /** Unconfirmed for longer, rollout units get the champion. */
  @Type(() => Number)
  @IsNumber({}, { message: 'CONTENDER_MAX_STALENESS_SECONDS is not a number' })
  @Min(1, { message: 'CONTENDER_MAX_STALENESS_SECONDS is below 1' })
  CONTENDER_MAX_STALENESS_SECONDS = 60;

  /** Older events are refused: their day may have been dropped. */
  @Type(() => Number)
  @IsNumber({}, { message: 'CONTENDER_EVENT_RETENTION_DAYS is not a number' })
  @Min(1, { message: 'CONTENDER_EVENT_RETENTION_DAYS is below 1' })
  CONTENDER_EVENT_RETENTION_DAYS = 400;

  /** How far ahead of ours a sender's clock may be. */
  @Type(() => Number)
  @IsNumber({}, { message: 'CONTENDER_CLOCK_SKEW_SECONDS is not a number' })
  @Min(0, { message: 'CONTENDER_CLOCK_SKEW_SECONDS is below 0' })
  CONTENDER_CLOCK_SKEW_SECONDS = 60;
}

/** @throws ConfigError naming every problem */
export function readEdgeConfig(environment: NodeJS.ProcessEnv): EdgeConfig {
  return readProcessConfig(EdgeConfig, environment);
}
