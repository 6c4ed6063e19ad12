export { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';
export {
  startThrowAwayPostgres,
  temporaryDataDir,
  type TemporaryDataDir,
  type ThrowAwayPostgres,
} from './throw-away-postgres.js';
export { freePort } from './free-port.js';
export { Guard, type GuardOrder } from './guard.js';
export { openDataDir } from './data-dir.js';
export { readState, updateState, type ContenderState } from './data-state.js';
export { knownAddress } from './running-address.js';
