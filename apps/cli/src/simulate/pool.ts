import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Tallied } from '@app/simulation';
import type { Answer, Task } from './simulation.worker.js';

/** A chunk's count and the seconds a thread was busy with it. */
export interface Done {
  readonly tallied: Tallied;
  readonly seconds: number;
}

interface Pending extends Omit<Task, 'id'> {
  readonly resolve: (done: Done) => void;
  readonly reject: (error: Error) => void;
}

/** Threads that take chunks from one queue, in the order given. */
export class Pool {
  private readonly workers: Worker[];
  private readonly idle: Worker[];
  private readonly queue: Pending[] = [];
  private readonly running = new Map<Worker, Pending>();
  private lastId = 0;

  constructor(threads: number) {
    this.workers = Array.from({ length: threads }, () => this.startWorker());
    this.idle = [...this.workers];
  }

  run(task: Omit<Task, 'id'>): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.queue.push({ ...task, resolve, reject });
      this.dispatch();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private startWorker(): Worker {
    const worker = new Worker(join(__dirname, 'simulation.worker.js'));
    worker.on('message', (answer: Answer) => {
      this.settle(worker, (pending) =>
        'error' in answer ? pending.reject(new Error(answer.error)) : pending.resolve(answer),
      );
      this.idle.push(worker);
      this.dispatch();
    });
    worker.on('error', (error) => this.settle(worker, (pending) => pending.reject(error)));
    return worker;
  }

  private settle(worker: Worker, how: (pending: Pending) => void): void {
    const pending = this.running.get(worker);
    this.running.delete(worker);
    if (pending) how(pending);
  }

  private dispatch(): void {
    while (this.idle.length > 0 && this.queue.length > 0) {
      const worker = this.idle.pop()!;
      const pending = this.queue.shift()!;
      this.running.set(worker, pending);
      const { bar, row, seed, chunk } = pending;
      worker.postMessage({ id: ++this.lastId, bar, row, seed, chunk } satisfies Task);
    }
  }
}
