import { createTestDatabase } from '@app/testing';
import { analyticsStoreContract } from '../testing/analytics-store.contract.js';
import { MeasuredWorld } from './testing/measured-world.js';

describe('PostgresAnalyticsStore', () => {
  analyticsStoreContract(async () => {
    const database = await createTestDatabase();
    const world = await MeasuredWorld.open(database.url);
    return {
      store: world.store,
      clear: () => world.clear(),
      openSubject: (subject) => world.openSubject(subject),
      openEpoch: (...epoch) => world.openEpoch(...epoch),
      append: (events) => world.append(events),
      close: async () => {
        await world.close();
        await database.drop();
      },
    };
  });
});
