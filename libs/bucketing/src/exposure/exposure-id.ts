import type { SubjectKind } from '../ruleset.js';
import { sha1 } from './sha1.js';

/** Namespace of exposure ids; an arbitrary fixed UUID. */
const NAMESPACE = '6f2b1c1e-54d0-5c0a-9d0f-0b7b3f6d9a41';
const SPACE = bytesOf(NAMESPACE);

/** What makes an exposure the same exposure. */
export interface ExposureName {
  readonly environment: string;
  readonly kind: SubjectKind;
  readonly key: string;
  readonly epoch: number;
  readonly unit: string;
  readonly variant: string;
}

/**
 * One id for one exposure, whoever records it: an edge, another edge, an SDK, or the proof in an outcome.
 * UUIDv5 of (environment, experiment, rollout or holdout, epoch, unit, variant), so that it counts once.
 *
 * A public contract: every SDK makes the same id. Frozen in exposure-id.spec.ts.
 */
export function exposureId({ environment, kind, key, epoch, unit, variant }: ExposureName): string {
  return nameBasedId(JSON.stringify([environment, kind, key, epoch, unit, variant]));
}

/** UUIDv5 (RFC 9562) of a name in our namespace. */
function nameBasedId(name: string): string {
  const [a, b, c, d] = sha1(SPACE, name);
  const second = (b & 0xffff0fff) | 0x5000;
  const third = (c & 0x3fffffff) | 0x80000000;
  const [p, q, r, s] = [hex(a), hex(second), hex(third), hex(d)];
  return `${p}-${q.slice(0, 4)}-${q.slice(4)}-${r.slice(0, 4)}-${r.slice(4)}${s}`;
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

function bytesOf(uuid: string): Uint8Array {
  const digits = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, index) => parseInt(digits.slice(index * 2, index * 2 + 2), 16));
}
