/** A unit of a recording, with what it would have met on either model. */
export interface RecordedUnit {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Where it stands in [0, 1); null: it is seen on both at once, as machines side by side are. */
  readonly position: number | null;
  readonly champion: Readonly<Record<string, number>>;
  readonly challenger: Readonly<Record<string, number>>;
}

/** Places units as a hash does: even, and the same at every run. */
export function positionOf(name: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 16_777_619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
}
