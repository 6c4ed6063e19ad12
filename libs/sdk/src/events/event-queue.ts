import { exposureEvent, type WaitingExposure, type WireEvent } from './wire-event.js';

export type Waiting = WaitingExposure | WireEvent;
export type WaitingKind = 'exposures' | 'outcomes';

const kindOf = (one: Waiting): WaitingKind => ('arm' in one ? 'exposures' : 'outcomes');

/** Characters that an event without comment and attributes is counted as. */
const BARE_SIZE = 200;

/**
 * Events that wait for the edge, first come first served. Bounded by number and by size; what comes to a full queue is
 * not taken. Exposures and outcomes have a capacity each: a rush of new units cannot push out scores.
 */
export class EventQueue {
  private waiting: Waiting[] = [];
  /** Where the queue begins: taking from the front of a long array one by one would move all the others. */
  private head = 0;
  private held = { exposures: 0, outcomes: 0 };
  private characters = 0;

  constructor(private readonly limits: { readonly events: number; readonly characters: number }) {}

  get size(): number {
    return this.waiting.length - this.head;
  }

  count(kind: WaitingKind): number {
    return this.held[kind];
  }

  /** Whether one more of the smallest would be taken. */
  hasRoom(kind: WaitingKind): boolean {
    return this.held[kind] < this.limits.events && this.characters + BARE_SIZE <= this.limits.characters;
  }

  /** Whether it was taken. */
  push(one: Waiting): boolean {
    const kind = kindOf(one);
    const size = sizeOf(one);
    if (this.held[kind] >= this.limits.events || this.characters + size > this.limits.characters)
      return false;
    this.waiting.push(one);
    this.held[kind] += 1;
    this.characters += size;
    return true;
  }

  /** Lines of the first events, at most so many and of so many characters; at least one when there is one. */
  lines(most: number, characters: number): string[] {
    const lines: string[] = [];
    let total = 0;
    for (let index = this.head; index < this.waiting.length && lines.length < most; index += 1) {
      const one = this.waiting[index]!;
      const line = JSON.stringify('arm' in one ? exposureEvent(one) : one);
      total += line.length;
      if (lines.length > 0 && total > characters) break;
      lines.push(line);
    }
    return lines;
  }

  /** Takes the first events out: they have arrived, or never will. */
  drop(count: number): void {
    const end = Math.min(this.head + count, this.waiting.length);
    for (let index = this.head; index < end; index += 1) {
      const one = this.waiting[index]!;
      this.held[kindOf(one)] -= 1;
      this.characters -= sizeOf(one);
    }
    this.head = end;
    if (this.head * 2 >= this.waiting.length) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
  }
}

function sizeOf(one: Waiting): number {
  let size = BARE_SIZE + ('comment' in one ? (one.comment?.length ?? 0) : 0);
  const { attributes } = one;
  if (attributes) for (const name in attributes) size += name.length + sizeOfValue(attributes[name]);
  return size;
}

function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return Array.isArray(value) ? value.reduce<number>((sum, item) => sum + sizeOfValue(item), 0) : 8;
}
