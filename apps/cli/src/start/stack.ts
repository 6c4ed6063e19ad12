import {
  freePort,
  Guard,
  openDataDir,
  temporaryDataDir,
  updateState,
  type TemporaryDataDir,
} from '@app/embedded-postgres';
import { DomainError } from '@app/kernel';
import { beginningOf } from '@app/spool';
import { createFirstKey, prepareDatabase } from '../migrate/prepare-database.js';
import { lockDataDir } from './data-lock.js';
import { DatabaseSupervisor } from './database-supervisor.js';
import { requireDatabase } from './given-database.js';
import { endLeftovers } from './leftovers.js';
import { requireFreePort } from './ports.js';
import { builtScripts, processEnvironment, programsFor, urlOf, type Role } from './programs.js';
import { untilReady } from './readiness.js';
import type { Stack, StackOptions, StackProcesses } from './stack.types.js';
import { SupervisedProcess } from './supervised-process.js';
import { unlessAborted } from './unless-aborted.js';

export type { Stack, StackOptions, StackProcesses } from './stack.types.js';

/**
 * Starts a stack and resolves when both planes are ready. When it cannot, nothing is left running.
 * @throws DomainError with a message for the user
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const stack = new RunningStack(options);
  try {
    await stack.start();
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

class RunningStack implements Stack {
  controlUrl = '';
  edgeUrl = '';
  databaseUrl = '';
  adminKey = '';
  dataDir = '';

  private readonly guard = new Guard();
  private readonly failed = new AbortController();
  private readonly host: string;
  private readonly say: (line: string) => void;
  private home: TemporaryDataDir | undefined;
  private unlock: (() => void) | undefined;
  private database: DatabaseSupervisor | undefined;
  private children: SupervisedProcess[] = [];
  private started: { name: string; pid: number; began: string }[] = [];
  private stopped: Promise<void> | undefined;

  constructor(private readonly options: StackOptions) {
    this.host = options.host ?? '127.0.0.1';
    this.say = options.say ?? (() => undefined);
    const { signal } = options;
    signal?.addEventListener('abort', () => this.failed.abort(signal.reason), { once: true });
  }

  get cluster(): string | undefined {
    return this.database?.cluster;
  }

  get processes(): StackProcesses {
    const workers = this.children.filter((child) => child.program.role === 'worker');
    return {
      control: this.named('control')?.pid,
      edge: this.named('edge')?.pid,
      worker: this.named('worker')?.pid,
      workers: workers.flatMap((child) => child.pid ?? []),
      postgres: this.database?.pid,
    };
  }

  async start(): Promise<void> {
    const { signal } = this.failed;
    this.openHome();
    await endLeftovers(this.dataDir);
    const ports = await this.choosePorts();
    signal.throwIfAborted();
    this.databaseUrl = await this.openDatabase();
    signal.throwIfAborted();
    // Another migrator, or a database that hangs, may keep this waiting for as long as it likes.
    await unlessAborted((this.options.prepareDatabase ?? prepareDatabase)(this.databaseUrl), signal);
    this.launch(ports);
    await this.ready(signal);
    signal.throwIfAborted();
    for (const child of this.children) child.markReady();
    // Last, because it is told once: a start that fails after it would lose it.
    this.adminKey = await (this.options.createFirstKey ?? createFirstKey)(this.databaseUrl);
  }

  async ready(signal?: AbortSignal): Promise<void> {
    await Promise.all([
      untilReady('The control plane', this.controlUrl, { signal }),
      untilReady('The edge', this.edgeUrl, { signal }),
    ]);
  }

  kill(name: string, signal: NodeJS.Signals): void {
    const process = name === 'postgres' ? this.database : this.named(name);
    if (!process) throw new Error(`There is no process "${name}" in this stack.`);
    process.kill(signal);
  }

  async stopPostgres(): Promise<void> {
    await this.database?.stop();
  }

  async startPostgres(): Promise<void> {
    await this.database?.start();
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.stopInOrder());
  }

  quit(): void {
    for (const child of this.children) child.quit();
    this.database?.quit();
  }

  private async stopInOrder(): Promise<void> {
    for (const role of ['edge', 'worker', 'control'] satisfies Role[]) {
      const those = this.children.filter((child) => child.program.role === role);
      await Promise.all(those.map((child) => child.stop()));
    }
    await this.database?.stop();
    this.home?.remove();
    this.unlock?.();
    this.guard.close();
  }

  private launch(ports: { control: number; edge: number }): void {
    const { options, host } = this;
    this.controlUrl = urlOf(host, ports.control);
    this.edgeUrl = urlOf(host, ports.edge);
    const env = processEnvironment(options, { ...this, host, ports });
    this.children = programsFor(options.scripts ?? builtScripts(), env, {
      dataDir: this.dataDir,
      workers: options.workers ?? 1,
    }).map(
      (program) =>
        new SupervisedProcess(program, {
          guard: this.guard,
          say: this.say,
          longestPauseMs: options.longestPauseMs,
          onStarted: (name, pid) => this.remember(name, pid),
          onFailedStart: (reason) => this.failed.abort(new DomainError('PROCESS_DID_NOT_START', reason)),
        }),
    );
    for (const child of this.children) child.start();
    updateState(this.dataDir, { control: this.controlUrl, edge: this.edgeUrl });
  }

  private remember(name: string, pid: number): void {
    const others = this.started.filter((process) => process.name !== name);
    this.started = [...others, { name, pid, began: beginningOf(pid) }];
    updateState(this.dataDir, { processes: this.started });
  }

  private named(name: string): SupervisedProcess | undefined {
    const full = name === 'worker' ? 'worker-1' : name;
    return this.children.find((child) => child.program.name === full);
  }

  private openHome(): void {
    if (this.options.dataDir === undefined) this.home = temporaryDataDir(this.guard);
    this.dataDir = openDataDir(this.options.dataDir ?? this.home!.dataDir);
    this.unlock = lockDataDir(this.dataDir);
  }

  private async choosePorts(): Promise<{ control: number; edge: number }> {
    const { controlPort = 0, edgePort = 0 } = this.options;
    if (controlPort) await requireFreePort(this.host, controlPort, 'CONTENDER_CONTROL_PORT');
    if (edgePort) await requireFreePort(this.host, edgePort, 'CONTENDER_EDGE_PORT');
    return { control: controlPort || (await freePort()), edge: edgePort || (await freePort()) };
  }

  private async openDatabase(): Promise<string> {
    const { databaseUrl, dataDir } = this.options;
    if (databaseUrl) {
      await unlessAborted(requireDatabase(databaseUrl), this.failed.signal);
      return databaseUrl;
    }
    const throwAway = dataDir === undefined;
    this.database = new DatabaseSupervisor({ dataDir: this.dataDir, guard: this.guard, throwAway }, this.say);
    return this.database.start();
  }
}
