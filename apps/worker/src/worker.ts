import 'reflect-metadata';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CLOCK_CHANNEL } from '@app/database';
import { PENDING_CHANNEL } from '@app/events';
import type { WorkerConfig } from './config.js';
import { serveHealth } from './health/health-server.js';
import { Bell } from './loop/bell.js';
import { Round } from './loop/round.js';
import { WorkerLoop } from './loop/worker-loop.js';
import { DeliveryRound } from './notifications/delivery-round.js';
import { RetentionRound } from './retention/retention-round.js';
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
  const app = new LateApp(config);
  const loop = new WorkerLoop(
    { run: async (keepOn) => (await app.get(Round)).run(keepOn) },
    bell,
    config.CONTENDER_WORKER_POLL_MS,
  );
  // Nobody rings for it: what is to be told outside may wait for its next look.
  const deliveries = new WorkerLoop(
    { run: async () => (await app.get(DeliveryRound)).run() },
    new Bell(config.DATABASE_URL, []),
    config.CONTENDER_WORKER_POLL_MS,
  );
  // Apart from the others: it may wait long for whoever still reads a day that goes.
  const retention = new WorkerLoop(
    { run: async () => (await app.get(RetentionRound)).run() },
    new Bell(config.DATABASE_URL, []),
    config.CONTENDER_WORKER_POLL_MS,
  );
  const health =
    config.CONTENDER_WORKER_PORT === undefined
      ? null
      : await serveHealth(
          { host: config.CONTENDER_HOST, port: config.CONTENDER_WORKER_PORT },
          () => loop.health,
        );
  bell.open();
  loop.start();
  deliveries.start();
  retention.start();
  return {
    loop,
    url: health?.url ?? null,
    stop: async () => {
      await Promise.all([loop.stop(), deliveries.stop(), retention.stop()]);
      await Promise.all([bell.close(), health?.close(), app.close()]);
    },
  };
}

/** The application, put together when the database first answers; all loops share it. */
class LateApp {
  private made: Promise<INestApplicationContext> | undefined;

  constructor(private readonly config: WorkerConfig) {}

  async get<T>(part: Type<T>): Promise<T> {
    this.made ??= NestFactory.createApplicationContext(WorkerModule.forRoot(this.config), {
      abortOnError: false,
      logger: false,
    });
    try {
      return (await this.made).get(part);
    } catch (error) {
      this.made = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await (await this.made?.catch(() => undefined))?.close();
  }
}
