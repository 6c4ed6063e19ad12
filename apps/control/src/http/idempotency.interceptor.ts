import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Database } from '@app/database';
import { Clock, digestOf } from '@app/kernel';
import type { Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from './access.js';
import { ControlError } from './control.errors.js';

const SKIP = 'contender:without-idempotency';

/** For routes that wait for other processes, or whose answer is a secret that must not be stored. */
export const WithoutIdempotency = (): MethodDecorator => SetMetadata(SKIP, true);

const SHAPE = /^[\x21-\x7e]{1,200}$/;

/**
 * `Idempotency-Key`: the same request sent twice is done once and answered the same.
 *
 * The key's row and everything the handler does share one transaction, so there is no moment at which the one is there
 * and the other is not; a second request at the same time waits at the row for the first to end.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined || !request.actor || !['POST', 'PUT', 'PATCH'].includes(request.method)) {
      return next.handle();
    }
    if (this.reflector.get<boolean | undefined>(SKIP, context.getHandler())) return next.handle();
    if (typeof key !== 'string' || !SHAPE.test(key)) {
      throw new ControlError(
        'IDEMPOTENCY_KEY_NOT_VALID',
        'an Idempotency-Key has 1 to 200 visible ASCII characters',
      );
    }
    const response = context.switchToHttp().getResponse<Response>();
    return from(this.once(key, request, response, next));
  }

  private async once(
    key: string,
    request: AuthenticatedRequest,
    response: Response,
    next: CallHandler,
  ): Promise<unknown> {
    const actor = request.actor!.name;
    const digest = digestOf({
      method: request.method,
      path: request.originalUrl,
      ifMatch: request.headers['if-match'] ?? null,
      body: (request.body as unknown) ?? null,
    });
    return this.database.transaction(async () => {
      const claimed = await this.database.query<{ key: string }>(
        `INSERT INTO idempotency_keys (actor, key, request_digest, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (actor, key) DO NOTHING RETURNING key`,
        [actor, key, digest, this.clock.now()],
      );
      if (claimed.length === 0) return this.replay(actor, key, digest, response);
      const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: null });
      const stored = JSON.stringify({ etag: response.getHeader('etag') ?? null, body: answer ?? null });
      await this.database.query(
        `UPDATE idempotency_keys SET status = $3, response = $4 WHERE actor = $1 AND key = $2`,
        [actor, key, response.statusCode, stored],
      );
      return answer;
    });
  }

  private async replay(actor: string, key: string, digest: string, response: Response): Promise<unknown> {
    const rows = await this.database.query<{ request_digest: string; response: string }>(
      `SELECT request_digest, response FROM idempotency_keys WHERE actor = $1 AND key = $2`,
      [actor, key],
    );
    const row = rows[0]!;
    if (row.request_digest !== digest) {
      throw new ControlError(
        'IDEMPOTENCY_KEY_REUSED',
        `the Idempotency-Key ${key} was used for another request; take a new one`,
      );
    }
    const { etag, body } = JSON.parse(row.response) as { etag: string | null; body: unknown };
    response.setHeader('idempotency-replayed', 'true');
    if (etag !== null) response.setHeader('etag', etag);
    return body;
  }
}
