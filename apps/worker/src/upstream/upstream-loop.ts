import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@app/database';
import { EnvironmentService } from '@app/governance';
import { GateService } from '@app/registry';
import { WorkerConfig } from '../config.js';
import { Leadership } from './leadership.js';
import { RolloutMirror } from './rollout-mirror.js';
import { UnleashAdmin } from './unleash-admin.js';
import { UpstreamFlags } from './upstream-flags.js';

const TICK_MS = 1000;

/**
 * Speaks with the organisation's own Unleash server, beside the worker's rounds and never in their way: one leader takes
 * over its kill switches and gates and shows it how far rollouts are. Without UNLEASH_URL it does nothing.
 */
@Injectable()
export class UpstreamLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly leadership: Leadership;
  private readonly flags: UpstreamFlags | null;
  private readonly mirror: RolloutMirror | null;
  private stopping = false;
  private ended: Promise<void> | undefined;
  private mirroring: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private rung = false;
  private lastProblem: string | null = null;

  constructor(
    config: WorkerConfig,
    private readonly database: Database,
    private readonly environments: EnvironmentService,
    private readonly gates: GateService,
  ) {
    const { upstream } = config;
    this.leadership = new Leadership(config.DATABASE_URL);
    this.flags = upstream && new UpstreamFlags(upstream, () => this.ring());
    this.mirror = upstream?.admin ? new RolloutMirror(database, new UnleashAdmin(upstream.admin)) : null;
  }

  onApplicationBootstrap(): void {
    if (this.flags) this.ended ??= this.loop(this.flags);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    this.ring();
    await this.ended;
    await this.mirroring;
    this.flags?.stop();
    await this.leadership.end();
  }

  private async loop(flags: UpstreamFlags): Promise<void> {
    while (!this.stopping) {
      await this.tick(flags).then(
        () => (this.lastProblem = null),
        (error: unknown) => this.problem(error),
      );
      if (!this.stopping) await this.rest();
    }
  }

  private async tick(flags: UpstreamFlags): Promise<void> {
    if (!(await this.leadership.hold())) return flags.stop();
    await flags.watch();
    const environments = await this.environments.list();
    const tasks = await this.database.query<{ key: string }>('SELECT key FROM tasks ORDER BY key');
    const closed = flags.closed(keysOf(environments), keysOf(tasks));
    if (closed) await this.gates.apply(closed);
    // Not waited for: an admin API that hangs must not keep a kill switch from being seen.
    this.mirroring ??= this.mirror
      ?.run()
      .then(
        () => undefined,
        (error: unknown) => this.problem(error),
      )
      .finally(() => (this.mirroring = undefined));
  }

  private ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** A moment, or until the server says something new; at once when it did during the last tick. */
  private async rest(): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, TICK_MS);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = undefined;
    }
    this.rung = false;
  }

  private problem(error: unknown): void {
    const words = error instanceof Error ? error.message : String(error);
    if (words !== this.lastProblem) console.error(`worker: upstream: ${words}; trying again`);
    this.lastProblem = words;
  }
}

const keysOf = (rows: ReadonlyArray<{ readonly key: string }>): Set<string> =>
  new Set(rows.map(({ key }) => key));
