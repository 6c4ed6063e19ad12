import type { EventEmitter } from 'node:events';
import type { Unleash } from 'unleash-client';
import type { ClosedGate } from '@app/registry';
import { FLAG_PREFIX, type GateFlag, readGateFlag } from './flag-names.js';

/** Longest wait for one answer of the flag server. */
const TIMEOUT_MS = 4000;
/**
 * At least: a client that has not been answered for so long is replaced by a fresh one: with every failure it asks more seldom, and
 * after "not allowed" never again, so it would notice only after a while, or not at all, that the server is back.
 */
const SILENCE_MS = 6000;

export interface UpstreamSettings {
  /** Address of the server's API, ending in /api. */
  readonly url: string;
  /** A client (backend) token. */
  readonly token: string;
  readonly refreshMs: number;
}

/** Flags of the organisation's own Unleash server, asked through its own client. */
export class UpstreamFlags {
  private client: Unleash | undefined;
  private answeredMs = 0;
  private lastProblem: string | null = null;
  private readonly silenceMs: number;

  /** @param changed called when the server says something new */
  constructor(
    private readonly settings: UpstreamSettings,
    private readonly changed: () => void,
  ) {
    // One answer may be missed: a client that asks seldom is not silent.
    this.silenceMs = Math.max(SILENCE_MS, 2 * settings.refreshMs + TIMEOUT_MS);
  }

  /** Begins to ask, or sees to it that it is still being asked. */
  async watch(): Promise<void> {
    if (this.client && performance.now() - this.answeredMs < this.silenceMs) return;
    this.stop();
    // Only a worker with an upstream loads it.
    const { Unleash, InMemStorageProvider } = await import('unleash-client');
    this.answeredMs = performance.now();
    const client = new Unleash({
      url: this.settings.url,
      appName: 'contender',
      customHeaders: { Authorization: this.settings.token },
      refreshInterval: this.settings.refreshMs,
      timeout: TIMEOUT_MS,
      namePrefix: FLAG_PREFIX,
      disableMetrics: true,
      skipInstanceCountWarning: true,
      // What was last said stands in the database; a copy on this machine's disk may be older.
      storageProvider: new InMemStorageProvider(),
    });
    client.on('error', (error: unknown) => this.problem(error));
    client.on('warn', (warning: unknown) => this.problem(warning));
    client.on('unchanged', () => this.answered());
    client.on('changed', () => {
      this.answered();
      this.changed();
    });
    this.client = client;
  }

  /** Gates that are closed now; null while the server has said nothing yet. */
  closed(environments: ReadonlySet<string>, tasks: ReadonlySet<string>): ClosedGate[] | null {
    const { client } = this;
    if (!client?.isSynchronized()) return null;
    const closed: ClosedGate[] = [];
    for (const { name } of client.getFeatureToggleDefinitions()) {
      const gate = readGateFlag(name);
      if (!gate || !environments.has(gate.environment)) continue;
      for (const task of gate.task === null ? tasks : tasks.has(gate.task) ? [gate.task] : []) {
        if (isClosed(client, name, gate, task))
          closed.push({ environment: gate.environment, task, flag: name });
      }
    }
    return closed;
  }

  stop(): void {
    if (this.client) end(this.client);
    this.client = undefined;
  }

  private answered(): void {
    this.answeredMs = performance.now();
    if (this.lastProblem !== null) console.error('worker: the upstream Unleash server answers again');
    this.lastProblem = null;
  }

  /** Once a problem, not once a second. The words of the client name the address, never the token. */
  private problem(what: unknown): void {
    const words = what instanceof Error ? what.message : String(what);
    if (this.lastProblem === null) {
      console.error(`worker: upstream Unleash: ${words}; what it last said stays in force`);
    }
    this.lastProblem = words;
  }
}

/**
 * Ends a client. It takes every listener off its repository, so that a request under way which then fails is an "error"
 * event that nobody hears, and that ends the process.
 */
function end(client: Unleash): void {
  client.destroy();
  (client as unknown as { repository?: EventEmitter }).repository?.on('error', () => undefined);
}

/** Strategies may look at the task and the environment, and a gradual one is drawn once per task. */
function isClosed(client: Unleash, name: string, { environment, kind }: GateFlag, task: string): boolean {
  const unit = `contender:${environment}:${task}`;
  const context = { userId: unit, sessionId: unit, properties: { task, environment } };
  return client.isEnabled(name, context, false) === (kind === 'kill');
}
