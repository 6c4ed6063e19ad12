import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiKeyService, GovernanceError, type HumanRole, roleCovers } from '@app/governance';
import { ACCESS, type AuthenticatedRequest } from './access.js';

/** Lets a request in when its bearer key has the role the route asks for; routes that say nothing are for admins. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeyService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const needed =
      this.reflector.getAllAndOverride<HumanRole | 'public' | undefined>(ACCESS, [
        context.getHandler(),
        context.getClass(),
      ]) ?? 'admin';
    if (needed === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const actor = await this.keys.authenticate(bearerOf(request));
    if (!roleCovers(actor.role, needed)) {
      throw new GovernanceError(
        'ROLE_NOT_ALLOWED',
        actor.role === 'service'
          ? 'a service key speaks to the data plane only'
          : `this takes the role ${needed}; the key has the role ${actor.role}`,
      );
    }
    request.actor = { ...actor, requestId: request.requestId };
    return true;
  }
}

function bearerOf(request: AuthenticatedRequest): string {
  const header = request.headers.authorization;
  const token = header && /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (!token) {
    throw new GovernanceError('API_KEY_MISSING', 'send an API key: "Authorization: Bearer ck_…"');
  }
  return token;
}
