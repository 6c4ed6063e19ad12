import { DATA_PLANE_ERRORS, type DataPlaneErrorCode, type WireProblem } from '@app/wire';

/** A refusal of a whole request. */
export class EdgeError extends Error {
  constructor(
    readonly code: DataPlaneErrorCode,
    message: string,
    readonly more: {
      readonly errors?: WireProblem['errors'];
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'EdgeError';
  }

  get status(): number {
    return DATA_PLANE_ERRORS[this.code];
  }
}

export function problemOf(error: EdgeError, requestId: string): WireProblem {
  const words = error.code.toLowerCase().replaceAll('_', ' ');
  return {
    type: `urn:contender:error:${error.code}`,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(error.more.errors ? { errors: error.more.errors } : {}),
    requestId,
  };
}
