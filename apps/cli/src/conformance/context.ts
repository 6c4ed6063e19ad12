import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiClient } from '../client/api-client.js';
import { projectRoot } from '../start/project-root.js';
import { type Stack, startStack } from '../start/stack.js';
import { Peers } from './peers.js';

/** A private instance on the machine's own time, with what a suite needs to call it. */
export interface ConformanceInstance {
  readonly stack: Stack;
  readonly control: ApiClient;
  readonly edge: ApiClient;
  readonly edgeUrl: string;
  /** A service key of `production`. */
  readonly key: string;
}

/** What suites work with. The instance is started by the first that asks, and shared by all. */
export class ConformanceContext {
  readonly peers = new Peers(path.join(projectRoot(), 'test', 'conformance'));
  /** A folder for what clients leave; it goes at the end, since they write after they were told to stop. */
  readonly scratch = mkdtempSync(path.join(tmpdir(), 'contender-conformance-'));
  private started: Promise<ConformanceInstance> | undefined;

  constructor(
    readonly say: (line: string) => void,
    private readonly signal: AbortSignal,
  ) {}

  instance(): Promise<ConformanceInstance> {
    this.started ??= this.start();
    return this.started;
  }

  /** A file of the material kept beside the repository; null where it is absent. */
  shared(file: string): string | null {
    const place = path.join(projectRoot(), '..', 'shared', 'conformance', file);
    return existsSync(place) ? place : null;
  }

  async stop(): Promise<void> {
    const instance = await this.started?.catch(() => undefined);
    await instance?.stack.stop();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  private async start(): Promise<ConformanceInstance> {
    this.say('Starting a private instance…');
    const stack = await startStack({ clock: 'system', signal: this.signal });
    try {
      const control = new ApiClient(stack.controlUrl, stack.adminKey);
      const { key } = await control.post<{ key: string }>('/api/v1/api-keys', {
        name: 'third-party clients',
        environment: 'production',
        role: 'service',
      });
      return { stack, control, edge: new ApiClient(stack.edgeUrl, key), edgeUrl: stack.edgeUrl, key };
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }
}
