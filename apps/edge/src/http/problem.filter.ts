import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Response } from 'express';
import { log, wordsOf } from '../log.js';
import { EdgeError, problemOf } from './edge-error.js';

/** Gives what Nest answers the same shape as the hot routes. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const requestId = String(response.getHeader('x-request-id') ?? '');
    if (error instanceof HttpException && error.getStatus() === 503) {
      response.status(503).json(error.getResponse());
      return;
    }
    const refusal = refusalOf(error);
    if (refusal.code === 'INTERNAL') log('error', 'a request failed', { requestId, reason: wordsOf(error) });
    response
      .status(refusal.status)
      .type('application/problem+json')
      .send(JSON.stringify(problemOf(refusal, requestId)));
  }
}

function refusalOf(error: unknown): EdgeError {
  if (error instanceof HttpException && error.getStatus() === 404) {
    return new EdgeError('ROUTE_UNKNOWN', error.message);
  }
  return new EdgeError('INTERNAL', 'something went wrong here; quote the request id');
}
