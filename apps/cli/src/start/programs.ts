import path from 'node:path';
import { projectRoot } from './project-root.js';
import type { StackOptions } from './stack.types.js';
import type { Program } from './supervised-process.js';

export type Role = 'control' | 'edge' | 'worker';
export type Scripts = Readonly<Record<Role, string>>;

/** When the guard has to end them, and the supervisor likewise: first the edge, last the control plane. */
const ORDER = { edge: 1, worker: 2, control: 3 } as const;

/** The programs as `npm run build` leaves them. */
export function builtScripts(): Scripts {
  const script = (role: Role): string => path.join(projectRoot(), 'dist', 'apps', role, 'src', 'main.js');
  return { control: script('control'), edge: script('edge'), worker: script('worker') };
}

/** One control plane, one edge, and workers `worker-1`, `worker-2`, …; each with a log of its own. */
export function programsFor(
  scripts: Scripts,
  env: NodeJS.ProcessEnv,
  { dataDir, workers }: { dataDir: string; workers: number },
): Program[] {
  const program = (role: Role, name: string): Program => ({
    role,
    name,
    script: scripts[role],
    env,
    order: ORDER[role],
    logFile: path.join(dataDir, 'logs', `${name}.log`),
  });
  const numbers = Array.from({ length: workers }, (_, index) => index + 1);
  return [
    program('control', 'control'),
    program('edge', 'edge'),
    ...numbers.map((number) => program('worker', `worker-${number}`)),
  ];
}

/** What the processes are told; all of them the same, each reads what it knows. */
export function processEnvironment(
  options: StackOptions,
  facts: {
    host: string;
    ports: { control: number; edge: number };
    controlUrl: string;
    edgeUrl: string;
    databaseUrl: string;
    dataDir: string;
  },
): NodeJS.ProcessEnv {
  const given = options.environment ?? withoutConfiguration(process.env);
  return {
    ...given,
    DATABASE_URL: facts.databaseUrl,
    CONTENDER_DATA_DIR: facts.dataDir,
    CONTENDER_HOST: facts.host,
    CONTENDER_CONTROL_PORT: String(facts.ports.control),
    CONTENDER_EDGE_PORT: String(facts.ports.edge),
    CONTENDER_CONTROL_PUBLIC_URL: given.CONTENDER_CONTROL_PUBLIC_URL || facts.controlUrl,
    CONTENDER_EDGE_PUBLIC_URL: given.CONTENDER_EDGE_PUBLIC_URL || facts.edgeUrl,
    CONTENDER_CLOCK: options.clock ?? 'system',
    ...seconds('CONTENDER_LOOK_INTERVAL_SECONDS', options.lookIntervalSeconds),
    ...seconds('CONTENDER_ROLLOUT_INTERVAL_SECONDS', options.rolloutIntervalSeconds),
  };
}

/** Where a plane answers to somebody on this machine. */
export function urlOf(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (host === '::') return `http://[::1]:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A private instance must not take over what configures the one of this machine. */
function withoutConfiguration(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^(CONTENDER_|UNLEASH_|DATABASE_URL$|TEST_DATABASE_URL$)/.test(name),
  );
  return Object.fromEntries(kept);
}

function seconds(name: string, value: number | undefined): NodeJS.ProcessEnv {
  return value === undefined ? {} : { [name]: String(value) };
}
