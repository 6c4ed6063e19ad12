import type { ConformanceContext } from './context.js';

/** The part of `@growthbook/growthbook` that is used here. */
export interface GrowthbookInstance {
  init(options: {
    payload?: object;
    timeout?: number;
    streaming?: boolean;
  }): Promise<{ success: boolean; source: string }>;
  evalFeature(key: string): { value: unknown; source: string };
  setAttributes(attributes: object): Promise<void>;
  getFeatures(): Readonly<Record<string, unknown>>;
  refreshFeatures(): Promise<void>;
  destroy(): void;
}

export interface GrowthbookPackage {
  GrowthBook: new (options: object) => GrowthbookInstance;
  setPolyfills(polyfills: object): void;
  configureCache(settings: object): void;
  clearCache(): Promise<void>;
}

export interface GrowthbookSdk {
  /** What its SDK makes of features for a context. */
  evaluate(key: string, features: object, attributes: object): unknown;
}

export function loadPackage({ peers }: ConformanceContext): GrowthbookPackage {
  return peers.load<GrowthbookPackage>('@growthbook/growthbook');
}

export function loadGrowthbook(context: ConformanceContext): GrowthbookSdk {
  const { GrowthBook } = loadPackage(context);
  return {
    evaluate(key, features, attributes) {
      const growthbook = new GrowthBook({ features, attributes });
      try {
        return growthbook.evalFeature(key).value;
      } finally {
        growthbook.destroy();
      }
    },
  };
}
