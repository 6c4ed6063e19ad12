/** What can go wrong inside the SDK. Told to `onError`, never thrown at a caller. */
export const SDK_ERRORS = {
  OPTIONS_INVALID: 'createContender was given something it cannot work with; the client answers `ERROR`.',
  NOT_READY: 'A model was asked for before any ruleset was there; the answer has no model, reason `ERROR`.',
  KEY_REFUSED: 'The edge does not take the key (401 or 403).',
  RULESET_UNREACHABLE:
    'The ruleset could not be fetched; the one held stays in force, and it is tried again.',
  RULESET_UNREADABLE: 'What was fetched or given as bootstrap is no ruleset that this version reads.',
  RULE_LEFT_OUT: 'One rule of the ruleset cannot be evaluated; its units go to what comes next in the order.',
  EVALUATION_FAILED: 'Deciding failed inside; the answer has reason `ERROR`.',
  EVENT_INVALID: 'An outcome or feedback lacks what the edge requires; it is not queued.',
  QUEUE_FULL: 'Events were dropped because the queue is full: new ones give way, `count` says how many.',
  EVENTS_UNDELIVERED: 'A batch could not be delivered; it is kept and sent again.',
  EVENTS_REJECTED: 'The edge refused events of a batch for good; they are counted and dropped.',
  EVENTS_LOST: 'The client was closed while events still waited; `count` says how many.',
} as const;

export type SdkErrorCode = keyof typeof SDK_ERRORS;

/** One trouble, for `onError`. Holds no secret. */
export class ContenderError extends Error {
  constructor(
    readonly code: SdkErrorCode,
    message: string,
    readonly more: { readonly count?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'ContenderError';
  }
}

export const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // fetch says only "fetch failed"; what happened stands in its cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};
