import type { Scripts } from './programs.js';

export interface StackOptions {
  /** A folder to keep; without it a temporary one that goes with `stop`. */
  readonly dataDir?: string;
  /** A PostgreSQL to use; without it an embedded one is started. */
  readonly databaseUrl?: string;
  readonly host?: string;
  /** 0, the default: any free port. */
  readonly controlPort?: number;
  readonly edgePort?: number;
  readonly clock?: 'system' | 'virtual';
  readonly lookIntervalSeconds?: number;
  readonly rolloutIntervalSeconds?: number;
  readonly workers?: number;
  /** Longest pause before a process that died is started again; grows up to half a minute without it. */
  readonly longestPauseMs?: number;
  /** Variables for the processes; without it this process's own, less what configures Contender. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Is told what a person at the terminal should know: restarts, steps of the start. */
  readonly say?: (line: string) => void;
  /** Aborting it ends a start that is under way; what was started is stopped. */
  readonly signal?: AbortSignal;
  /** Stand-ins for the three programs. */
  readonly scripts?: Scripts;
  /** Stand-ins for migrations and for the first key. */
  readonly prepareDatabase?: (url: string) => Promise<unknown>;
  readonly createFirstKey?: (url: string) => Promise<string>;
}

/** Present process ids; one that is being started again has none. `worker` is the first of `workers`. */
export interface StackProcesses {
  readonly control?: number;
  readonly edge?: number;
  readonly worker?: number;
  readonly workers: readonly number[];
  readonly postgres?: number;
}

/** Everything of Contender on this machine, under one supervisor: this process. */
export interface Stack {
  readonly controlUrl: string;
  readonly edgeUrl: string;
  readonly databaseUrl: string;
  /** The first admin key when this start created it; empty when the database had one. */
  readonly adminKey: string;
  readonly dataDir: string;
  /** Where the embedded cluster lives; undefined with a given database. */
  readonly cluster: string | undefined;
  readonly processes: StackProcesses;
  /**
   * For tests of crashes: the supervisor starts it again.
   * @param name `control`, `edge`, `worker` (the first), `worker-2`, …, `postgres` (the embedded one)
   */
  kill(name: string, signal: NodeJS.Signals): void;
  /** Resolves when both planes are ready, for instance again. */
  ready(): Promise<void>;
  /** Takes the embedded database away until `startPostgres`; the address stays. */
  stopPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
  /** In order: edge, worker, control, database; each within ten seconds, then by force. */
  stop(): Promise<void>;
  /** At once and for good. */
  quit(): void;
}
