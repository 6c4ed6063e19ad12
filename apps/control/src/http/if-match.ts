import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { ControlError } from './control.errors.js';

/** The revision that the caller read, from `If-Match: "<revision>"`; changes without it would overwrite others'. */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext): number => {
  const header = context.switchToHttp().getRequest<Request>().headers['if-match'];
  if (header === undefined) {
    throw new ControlError(
      'IF_MATCH_MISSING',
      'send If-Match with the ETag you read, so that nobody is overwritten',
    );
  }
  const revision = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  if (revision === undefined) {
    throw new ControlError(
      'IF_MATCH_NOT_VALID',
      `If-Match is ${header}; send the ETag as it was, e.g. "3" with its quotes`,
    );
  }
  return Number(revision);
});

/** The ETag of a revision. */
export const etagOf = (revision: number): string => `"${revision}"`;
