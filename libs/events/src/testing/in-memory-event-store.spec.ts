import { StoreUnavailable } from '../ports/event-store.js';
import { anOutcome } from './event.builder.js';
import { eventStoreContract } from './event-store.contract.js';
import { InMemoryEventStore } from './in-memory-event-store.js';

describe('InMemoryEventStore', () => {
  eventStoreContract(async () => new InMemoryEventStore());

  it('can be away', async () => {
    const store = new InMemoryEventStore();
    store.unavailable = true;
    await expect(store.append('production', [anOutcome()], new Date(0))).rejects.toThrow(StoreUnavailable);
  });
});
