import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CLOCK_CHANNEL } from '@app/database';
import { PENDING_CHANNEL } from '@app/events';
import type { WorkerConfig } from './config.js';
import { serveHealth } from './health/health-server.js';
import { Bell } from './loop/bell.js';
import { Round, type RoundOutcome } from './loop/round.js';
import { WorkerLoop } from './loop/worker-loop.js';
import { WorkerModule } from './worker.module.js';

/** A running worker. */
export interface Worker {
  readonly loop: WorkerLoop;
  /** Address of /health; null when it listens to nothing. */
  readonly url: string | null;
  stop(): Promise<void>;
}

/**
 * Starts a worker. It begins to work when the database can be reached, however long that takes: the first rounds fail
 * and are tried again like any other.
 */
export async function startWorker(config: WorkerConfig): Promise<Worker> {
  const bell = new Bell(config.DATABASE_URL, [PENDING_CHANNEL, CLOCK_CHANNEL]);
  const work = new LateRound(config);
  const loop = new WorkerLoop(work, bell, config.CONTENDER_WORKER_POLL_MS);
  const health =
    config.CONTENDER_WORKER_PORT === undefined
      ? null
      : await serveHealth(
          { host: config.CONTENDER_HOST, port: config.CONTENDER_WORKER_PORT },
          () => loop.health,
        );
  bell.open();
  loop.start();
  return {
    loop,
    url: health?.url ?? null,
    stop: async () => {
      await loop.stop();
      await Promise.all([bell.close(), health?.close(), work.close()]);
    },
  };
}

/** A round whose application is put together when the database first answers. */
class LateRound {
  private app: INestApplicationContext | undefined;

  constructor(private readonly config: WorkerConfig) {}

  async run(keepOn: () => boolean): Promise<RoundOutcome> {
    this.app ??= await NestFactory.createApplicationContext(WorkerModule.forRoot(this.config), {
      abortOnError: false,
      logger: false,
    });
    return this.app.get(Round).run(keepOn);
  }

  async close(): Promise<void> {
    await this.app?.close();
  }
}
