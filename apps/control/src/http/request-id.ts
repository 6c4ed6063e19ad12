import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { AuthenticatedRequest } from './access.js';

const USABLE = /^[A-Za-z0-9._:-]{1,100}$/;

/** Keeps the caller's request id, or gives one; it is in the answer, the audit row and the log. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && USABLE.test(given) ? given : randomUUID();
  (request as AuthenticatedRequest).requestId = id;
  response.setHeader('x-request-id', id);
  next();
};
