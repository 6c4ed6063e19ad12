import os from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { SnapshotDisk } from '../snapshot-disk.js';
import type { LoaderPlaces, Order, Reply } from './loader.js';
import { readNewer } from './read-newer.js';
import { type ReadRuleset, RulesetBook } from './ruleset-book.js';
import { RulesetSource } from './ruleset-source.js';
import { SnapshotKeeper } from './snapshot-keeper.js';

// Linux means this thread alone by 0: on a machine without an idle core answers go first.
if (process.platform === 'linux') {
  try {
    os.setPriority(0, os.constants.priority.PRIORITY_LOW);
  } catch {
    // Some sandboxes forbid it; the thread then has the priority it was given.
  }
}

const { dataDir, databaseUrl } = workerData as LoaderPlaces;
const source = new RulesetSource(databaseUrl);

/** The thread that holds the book: one order after the other, each answered. */
const book = new RulesetBook(new SnapshotKeeper(new SnapshotDisk(dataDir)));

async function follow(order: Order): Promise<ReadRuleset | Uint8Array<ArrayBuffer> | null> {
  switch (order.kind) {
    case 'read':
      return readNewer(book, source, order.wanted, order.base);
    case 'text':
      return book.text(order.wanted);
    case 'note':
      book.note(order.published);
      return null;
    case 'keep':
      await book.keep(order.keepsake);
      return null;
  }
}

parentPort!.on('message', (order: Order) => {
  void (async () => {
    const { id } = order;
    try {
      const result = await follow(order);
      // The bytes change hands and are not copied.
      parentPort!.postMessage(
        { id, result } satisfies Reply,
        result instanceof Uint8Array ? [result.buffer] : [],
      );
    } catch (error) {
      parentPort!.postMessage({ id, problem: (error as Error).message } satisfies Reply);
    }
  })();
});
