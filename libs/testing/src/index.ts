export { createTestDatabase, createEmptyDatabase, type TestDatabase } from './test-database.js';
