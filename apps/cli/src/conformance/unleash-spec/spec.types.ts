/** What `@unleash/client-specification` holds, as far as we read it. */
export interface SpecConstraint {
  readonly contextName: string;
  readonly operator: string;
  readonly values?: readonly string[] | null;
  readonly value?: string | null;
  readonly inverted?: boolean;
  readonly caseInsensitive?: boolean;
}

export interface SpecVariant {
  readonly name: string;
  readonly weight: number;
  readonly stickiness?: string;
  readonly payload?: unknown;
  readonly overrides?: ReadonlyArray<{ readonly contextName: string; readonly values: readonly string[] }>;
}

export interface SpecStrategy {
  readonly name: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly constraints?: readonly SpecConstraint[];
  readonly segments?: readonly number[];
  readonly variants?: readonly SpecVariant[];
}

export interface SpecFeature {
  readonly name: string;
  readonly enabled: boolean;
  readonly strategies?: readonly SpecStrategy[];
  readonly variants?: readonly SpecVariant[] | null;
  readonly dependencies?: ReadonlyArray<{
    readonly feature: string;
    readonly enabled?: boolean;
    readonly variants?: readonly string[];
  }>;
}

export interface SpecSegment {
  readonly id: number;
  readonly constraints: readonly SpecConstraint[];
}

export type SpecEvent =
  | { readonly type: 'hydration'; readonly features: SpecFeature[]; readonly segments: SpecSegment[] }
  | { readonly type: 'feature-updated'; readonly feature: SpecFeature }
  | { readonly type: 'feature-removed'; readonly featureName: string }
  | { readonly type: 'segment-updated'; readonly segment: SpecSegment }
  | { readonly type: 'segment-removed'; readonly segmentId: number };

export type SpecContext = Readonly<Record<string, unknown>> & {
  readonly properties?: Readonly<Record<string, unknown>>;
};

export interface SpecCase {
  readonly description: string;
  readonly context: SpecContext;
  readonly toggleName: string;
  readonly expectedResult: boolean | SpecVariantResult;
}

export interface SpecVariantResult {
  readonly name: string;
  readonly payload?: unknown;
  readonly enabled: boolean;
  readonly feature_enabled: boolean;
}

export interface Specification {
  readonly name: string;
  readonly state: {
    readonly features?: SpecFeature[];
    readonly segments?: SpecSegment[];
    readonly events?: SpecEvent[];
  };
  readonly tests?: SpecCase[];
  readonly variantTests?: SpecCase[];
}
