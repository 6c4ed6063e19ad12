/**
 * A refusal the caller can read and act on.
 *
 * `code` is stable and listed in docs/errors.md; the message names the offending value. Libraries know
 * nothing of HTTP: each app maps codes to statuses.
 */
export class DomainError<Code extends string = string> extends Error {
  constructor(
    readonly code: Code,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'DomainError';
  }
}
