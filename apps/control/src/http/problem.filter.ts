import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { DomainError } from '@app/kernel';
import type { Response } from 'express';
import type { AuthenticatedRequest } from './access.js';
import { ControlError, type ControlErrorCode } from './control.errors.js';
import { databaseProblem } from './database-problem.js';
import { errorStatus } from './error-status.js';
import { type FieldProblem, problemOf } from './problem.js';

/** The one place where anything that went wrong becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const response = http.getResponse<Response>();
    const error = asDomainError(thrown);
    const status = (errorStatus as Record<string, number | undefined>)[error.code] ?? 500;
    if (status >= 500) {
      this.logger.error(`${request.method} ${request.path} ${error.code}: ${describe(thrown)}`);
    }
    if (response.headersSent) {
      response.end();
      return;
    }
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="contender"');
    if (status === 503) response.setHeader('Retry-After', '1');
    const problem = problemOf(
      error.code,
      status,
      error.message,
      request.requestId ?? '',
      error.details.errors as FieldProblem[] | undefined,
    );
    response.status(status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

function asDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  if (thrown instanceof HttpException) return fromHttp(thrown);
  return (
    databaseProblem(thrown) ??
    new ControlError('INTERNAL', 'something went wrong here; the log has it under this request id')
  );
}

/** What Nest and the body parser refuse before a handler is reached. */
function fromHttp(thrown: HttpException): ControlError {
  const byStatus: Partial<Record<number, ControlErrorCode>> = {
    404: 'ROUTE_UNKNOWN',
    413: 'BODY_TOO_LARGE',
    415: 'MEDIA_TYPE_NOT_SUPPORTED',
  };
  const code = byStatus[thrown.getStatus()] ?? (thrown.getStatus() >= 500 ? 'INTERNAL' : 'REQUEST_NOT_VALID');
  return new ControlError(code, thrown.message, {}, { cause: thrown });
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
