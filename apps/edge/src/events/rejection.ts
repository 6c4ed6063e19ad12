import type { EventRejectionCode } from '@app/wire';

/** A refusal of one event, on its way to the answer. */
export class Rejection extends Error {
  constructor(
    readonly code: EventRejectionCode,
    message: string,
  ) {
    super(message);
  }
}
