import { RegistryError } from './registry.errors.js';

/** What a model costs; amounts in `currency`. */
export interface ModelPrice {
  readonly currency: string;
  readonly inputPerMillionTokens?: number;
  readonly cachedInputPerMillionTokens?: number;
  readonly outputPerMillionTokens?: number;
  readonly perRequest?: number;
}

/** Where a model comes from. */
export interface ModelLineage {
  readonly baseModel?: string;
  readonly fineTune?: string;
  readonly promptVersion?: string;
}

/** What a version of a model is made of. */
export interface ModelContent {
  readonly provider: string;
  /** Name of the model at its provider. */
  readonly name: string;
  readonly description: string | null;
  readonly baseUrl: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly prompt: string | null;
  readonly price: ModelPrice | null;
  readonly lineage: ModelLineage | null;
}

/** One version of a registered model. It never changes: a change makes the next version. */
export interface Model extends ModelContent {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly firstServedAt: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** A model by key, and by version when one is meant; without one the newest. */
export interface ModelReference {
  readonly key: string;
  readonly version: number | null;
}

/** `key@version` of a version. */
export function modelRef(model: { readonly key: string; readonly version: number }): string {
  return `${model.key}@${model.version}`;
}

/** Reads `key` or `key@version`. */
export function parseModelRef(text: string): ModelReference {
  const at = text.lastIndexOf('@');
  if (at < 0) return { key: text, version: null };
  const version = text.slice(at + 1);
  if (at === 0 || !/^[1-9]\d{0,8}$/.test(version)) {
    throw new RegistryError(
      'MODEL_REFERENCE_NOT_VALID',
      `"${text}" is not a model: write its key, or key@version with a whole number`,
    );
  }
  return { key: text.slice(0, at), version: Number(version) };
}
