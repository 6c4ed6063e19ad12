import { parentPort, workerData } from 'node:worker_threads';
import { SnapshotDisk } from '../snapshot-disk.js';
import type { Order, Reply } from './loader.js';
import { type ReadRuleset, RulesetBook } from './ruleset-book.js';

/** The thread that holds the book: one order after the other, each answered. */
const book = new RulesetBook(new SnapshotDisk((workerData as { dataDir: string }).dataDir));

function follow(order: Order): Promise<void> | ReadRuleset | void {
  if (order.kind === 'read') return book.read(order.published, order.base);
  return order.kind === 'note' ? book.note(order.published) : book.keep(order.keepsake);
}

parentPort!.on('message', (order: Order) => {
  void (async () => {
    const { id } = order;
    try {
      const result = (await follow(order)) ?? undefined;
      // The bytes change hands and are not copied.
      parentPort!.postMessage({ id, result } satisfies Reply, result ? [result.bytes.buffer] : []);
    } catch (error) {
      parentPort!.postMessage({ id, problem: (error as Error).message } satisfies Reply);
    }
  })();
});
