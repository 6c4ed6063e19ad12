import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Actor, HumanRole } from '@app/governance';
import type { Request } from 'express';

export const ACCESS = 'contender:access';

/** The lowest role that may call a route; `public` needs no key. Every route says one, a spec checks. */
export const Access = (role: HumanRole | 'public'): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, role);

/** A request after the guard let it in. */
export type AuthenticatedRequest = Request & { actor?: Actor; requestId?: string };

/** Who calls: set by the access guard. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!actor) throw new Error('a route without authentication asked for its actor');
  return actor;
});
