import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export type KeyRole = 'admin' | 'editor' | 'viewer' | 'service';

/** The parts of `ck_<environment>_<role>_<keyId 8><secret 40>`. */
export interface ApiKeyText {
  /** null stands for every environment and is written `all`. */
  readonly environment: string | null;
  readonly role: KeyRole;
  /** Eight hexadecimal digits that find the row; not secret. */
  readonly keyId: string;
  /** Forty hexadecimal digits (160 random bits); never stored. */
  readonly secret: string;
}

const SHAPE = /^ck_([a-z0-9-]{1,63})_(admin|editor|viewer|service)_([0-9a-f]{8})([0-9a-f]{40})$/;

export function newApiKeyText(environment: string | null, role: KeyRole): ApiKeyText {
  return {
    environment,
    role,
    keyId: randomBytes(4).toString('hex'),
    secret: randomBytes(20).toString('hex'),
  };
}

export function formatApiKey(key: ApiKeyText): string {
  return `ck_${key.environment ?? 'all'}_${key.role}_${key.keyId}${key.secret}`;
}

/** The parts of a key, or null when the text is not one. */
export function parseApiKey(text: string): ApiKeyText | null {
  const parts = SHAPE.exec(text);
  if (!parts) return null;
  return {
    environment: parts[1] === 'all' ? null : parts[1]!,
    role: parts[2] as KeyRole,
    keyId: parts[3]!,
    secret: parts[4]!,
  };
}

/**
 * Salted SHA-256 of a secret, in hexadecimal. A slow password hash would buy nothing: the secret is 160 random bits,
 * and edges check one on every request.
 */
export function hashSecret(salt: string, secret: string): string {
  return createHash('sha256').update(salt).update('\u001f').update(secret).digest('hex');
}

/** Whether a secret belongs to a stored hash, in time that does not depend on where they differ. */
export function secretMatches(stored: { salt: string; hash: string }, secret: string): boolean {
  const expected = Buffer.from(stored.hash, 'hex');
  const actual = Buffer.from(hashSecret(stored.salt, secret), 'hex');
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

export function newSalt(): string {
  return randomBytes(16).toString('hex');
}
