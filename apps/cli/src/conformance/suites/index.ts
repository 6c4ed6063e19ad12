import type { Suite } from '../suite.js';

/** Loaded when run: a suite may bring packages that nothing else needs. */
export const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  ofrep: async () => (await import('./ofrep.suite.js')).ofrepSuite,
  payloads: async () => (await import('./payloads/payloads.suite.js')).payloadsSuite,
};
