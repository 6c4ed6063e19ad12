/** Why an import does not begin, or ends. Listed in docs/errors.md. */
export type ImportErrorCode = 'IMPORT_FILE_UNREADABLE' | 'IMPORT_FORMAT_UNKNOWN' | 'IMPORT_COLUMN_UNKNOWN';

/** Refusals of single lines that never reach an edge; all others are the edge's own (see EVENT_REJECTIONS). */
export type LineErrorCode = 'IMPORT_ROW_NOT_VALID' | 'EVENT_INVALID';

/** A file that cannot be imported at all; the message names it, and the line where there is one. */
export class ImportError extends Error {
  constructor(
    readonly code: ImportErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ImportError';
  }
}
