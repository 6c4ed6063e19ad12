export * from './canonical-json.js';
export * from './clock.js';
export * from './domain-error.js';
export * from './rng.js';
export * from './uuid.js';
