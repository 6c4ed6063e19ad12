import { EdgeError } from '../http/edge-error.js';

/** A share of the memory that bodies may take; given back as a whole. */
export interface Lease {
  /** @throws EdgeError `INTAKE_BUSY` there is no room for so many bytes more */
  grow(bytes: number): void;
  release(): void;
}

/** Bounds the bytes of all batches that are being read, judged or stored at one time. */
export class MemoryBudget {
  private held = 0;

  constructor(private readonly limitBytes: number) {}

  get heldBytes(): number {
    return this.held;
  }

  /** @throws EdgeError `INTAKE_BUSY` when so many bytes would not fit now; nothing is held yet */
  require(bytes: number): void {
    if (this.held + bytes <= this.limitBytes) return;
    throw new EdgeError(
      'INTAKE_BUSY',
      'more events wait to be stored than this edge keeps in memory; nothing of this request is acknowledged, send it again',
      { headers: { 'retry-after': '1' } },
    );
  }

  lease(): Lease {
    let own = 0;
    return {
      grow: (bytes) => {
        this.require(bytes);
        own += bytes;
        this.held += bytes;
      },
      release: () => {
        this.held -= own;
        own = 0;
      },
    };
  }
}
