import { describeFailure } from './start/failure.js';

/** A command resolves with the exit code. */
type Command = (argv: string[]) => Promise<number>;

interface Entry {
  readonly says: string;
  readonly load: () => Promise<{ run: Command }>;
}

/** Loaded when asked for, so that `npm start` does not pay for the others. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  start: {
    says: 'everything on this machine: control plane, edge, worker, database',
    load: () => import('./start/start.command.js'),
  },
  migrate: {
    says: 'bring the database to the newest schema',
    load: () => import('./migrate/migrate.command.js'),
  },
  openapi: {
    says: 'write the API description to docs/openapi.json',
    load: () => import('./openapi/openapi.command.js'),
  },
  verify: {
    says: 'recompute every look and receipt of an experiment or rollout from stored evidence',
    load: () => import('./verify/verify.command.js'),
  },
  reference: {
    says: 'every statistical case of a folder against our own arithmetic',
    load: () => import('./reference/reference.command.js'),
  },
  schema: {
    says: 'write what the migrations make to migrations/schema.sql',
    load: () => import('./schema/schema.command.js'),
  },
  demo: {
    says: 'the main job on real data, end to end, then left up to browse',
    load: () => import('./demo/demo.command.js'),
  },
  bench: {
    says: 'time what this project promises to be fast at, against a floor or a peer',
    load: () => import('./bench/bench.command.js'),
  },
  crash: {
    says: 'kill every process at random while services send, then count everything again',
    load: () => import('./crash/crash.command.js'),
  },
  fuzz: {
    says: 'send an edge malformed, huge and hostile inputs, and hold its answers and its database to what it says',
    load: () => import('./fuzz/fuzz.command.js'),
  },
  simulate: {
    says: 'the Monte-Carlo bars of the statistics: error rates, coverage and power as they are used',
    load: () => import('./simulate/simulate.command.js'),
  },
  conformance: {
    says: 'third-party suites and real clients against a private instance',
    load: () => import('./conformance/conformance.command.js'),
  },
  import: {
    says: 'send exposures and outcomes of a CSV or NDJSON file to a running instance, each once',
    load: () => import('./import/import.command.js'),
  },
  replay: {
    says: 'send a recorded experiment through a private instance and compare the results',
    load: () => import('./replay/replay.command.js'),
  },
};

async function main([name = 'help', ...argv]: string[]): Promise<number> {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) {
    const asked = ['help', '--help', '-h'].includes(name);
    console.error(asked ? usage() : `There is no command "${name}".\n\n${usage()}`);
    return asked ? 0 : 2;
  }
  try {
    const { run } = await entry.load();
    return await run(argv);
  } catch (error) {
    console.error(describeFailure(error));
    return 1;
  }
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { says }]) => `  ${name.padEnd(13)}${says}`);
  return `Usage: node tools/run.mjs COMMAND [arguments]\n\n${lines.join('\n')}\n  test         lint, types, unit and end-to-end tests`;
}

// Not exitCode: a socket that a command forgot must not keep the terminal.
void main(process.argv.slice(2)).then((code) => process.exit(code));
