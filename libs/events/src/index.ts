export * from './domain/new-event.js';
export * from './domain/event-digest.js';
export type { AppendStatus } from './domain/batch.js';
export * from './domain/shard.js';
export * from './ports/event-store.js';
export { PENDING_CHANNEL, PostgresEventStore } from './persistence/postgres-event-store.js';
export { isUnavailable } from './persistence/store-failure.js';
export { InMemoryEventStore } from './testing/in-memory-event-store.js';
export * from './testing/event.builder.js';
