export { StreamLedger, type StreamResult } from './stream-ledger.js';
export { describeStream, type StreamSummary } from './stream-summary.js';
export type { StreamLine } from './stream-replicate.js';
