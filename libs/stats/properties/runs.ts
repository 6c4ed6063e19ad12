const { propertyRuns = 150, propertySeed = 20_260_101 } = globalThis as {
  propertyRuns?: number;
  propertySeed?: number;
};

/** Few runs of one seed in the daily suite; `npm run test:properties` sets many and a seed of its own. */
export const RUNS = { numRuns: propertyRuns, seed: propertySeed };
