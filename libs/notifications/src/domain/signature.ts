import { createHmac, timingSafeEqual } from 'node:crypto';

/** Receivers refuse what is older or newer than this: a caught request cannot be played back later. */
export const TOLERANCE_SECONDS = 300;

const SECRET_PREFIX = 'whsec_';

/** A secret as people keep it: `whsec_` and the base64 of 32 random bytes. */
export function secretText(bytes: Buffer): string {
  return SECRET_PREFIX + bytes.toString('base64');
}

/**
 * Signature of one delivery: HMAC-SHA-256 over `id.timestamp.body`, as the header `webhook-signature` carries it.
 *
 * @param secret    `whsec_…`
 * @param id        id of the delivery, the same at every attempt: receivers drop what they have seen
 * @param timestamp seconds since 1970, of this attempt
 * @see Standard Webhooks 1.0, "Signature scheme"
 */
export function sign(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/**
 * What a receiver does: whether a delivery is from who holds the secret, and fresh.
 *
 * @param headers `webhook-id`, `webhook-timestamp` and `webhook-signature` (several, separated by spaces, while a secret
 *                is exchanged for another)
 * @param nowSeconds the receiver's clock, seconds since 1970
 */
export function verify(
  secret: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  nowSeconds: number,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': given } = headers;
  const timestamp = Number(at);
  if (!id || !given || !Number.isInteger(timestamp)) return false;
  if (Math.abs(nowSeconds - timestamp) > TOLERANCE_SECONDS) return false;
  const wanted = Buffer.from(sign(secret, id, timestamp, body));
  return given.split(' ').some((one) => {
    const other = Buffer.from(one);
    return other.length === wanted.length && timingSafeEqual(other, wanted);
  });
}
