import { FakeRolloutStore } from './fake-rollout.store.js';
import { rolloutStoreContract } from './rollout-store.contract.js';

describe('rollouts in memory', () => {
  rolloutStoreContract(async () => ({
    store: new FakeRolloutStore(),
    place: {
      task: 'support-reply',
      otherTask: 'translation',
      environment: 'production',
      championId: '00000000-0000-4000-8000-000000000001',
      challengerId: '00000000-0000-4000-8000-000000000002',
    },
  }));
});
