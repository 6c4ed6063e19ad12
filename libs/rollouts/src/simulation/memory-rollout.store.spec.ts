import { rolloutStoreContract } from '../testing/rollout-store.contract.js';
import { MemoryRolloutStore } from './memory-rollout.store.js';

describe('rollouts in memory', () => {
  rolloutStoreContract(async () => ({
    store: new MemoryRolloutStore(),
    place: {
      task: 'support-reply',
      otherTask: 'translation',
      environment: 'production',
      championId: '00000000-0000-4000-8000-000000000001',
      challengerId: '00000000-0000-4000-8000-000000000002',
    },
  }));
});
