import type { Suite } from '../suite.js';

/** Loaded when run: a suite may bring packages that nothing else needs. */
export const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  hashing: async () => (await import('./hashing.suite.js')).hashingSuite,
  ofrep: async () => (await import('./ofrep.suite.js')).ofrepSuite,
  payloads: async () => (await import('./payloads/payloads.suite.js')).payloadsSuite,
  'ofrep-providers': async () => (await import('./ofrep-providers.suite.js')).ofrepProvidersSuite,
  'unleash-client': async () => (await import('./unleash-client.suite.js')).unleashClientSuite,
  'unleash-frontend': async () => (await import('./unleash-frontend.suite.js')).unleashFrontendSuite,
  'unleash-specification': async () =>
    (await import('./unleash-specification.suite.js')).unleashSpecificationSuite,
  'growthbook-client': async () => (await import('./growthbook-client.suite.js')).growthbookClientSuite,
  'growthbook-cases': async () => (await import('./growthbook-cases.suite.js')).growthbookCasesSuite,
  'one-arm': async () => (await import('./one-arm.suite.js')).oneArmSuite,
  'upstream-unleash': async () => (await import('./upstream/upstream-unleash.suite.js')).upstreamUnleashSuite,
};
