import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Where a stream is listened to without a key in a header: a browser's EventSource cannot send one. */
export const OFREP_STREAM_PATH = '/ofrep/v1/stream';
/** A stream that is opened anew gets a new ticket with the evaluation that told of it. */
const VALID_MS = 24 * 3_600_000;
/** Bulk answers of one minute name one ticket: signing another for each would tell nobody anything. */
const SAME_FOR_MS = 60_000;

/**
 * Tickets that let their bearer hear *that* an environment's rules changed, and nothing else. Signed with a secret of
 * this process: after a restart a provider evaluates again and gets another.
 */
export class StreamTickets {
  private readonly secret = randomBytes(32);
  private readonly last = new Map<string, { untilMs: number; uri: string }>();

  constructor(private readonly nowMs: () => number = Date.now) {}

  uri(environment: string): string {
    const untilMs = Math.ceil(this.nowMs() / SAME_FOR_MS) * SAME_FOR_MS + VALID_MS;
    const last = this.last.get(environment);
    if (last?.untilMs === untilMs) return last.uri;
    const body = Buffer.from(JSON.stringify([environment, untilMs])).toString('base64url');
    const uri = `${OFREP_STREAM_PATH}?ticket=${body}.${this.sign(body).toString('base64url')}`;
    this.last.set(environment, { untilMs, uri });
    return uri;
  }

  /** The environment of a ticket; null for one that is not ours, or no longer. */
  environmentOf(ticket: string): string | null {
    const [body, mac, more] = ticket.split('.');
    if (!body || !mac || more !== undefined) return null;
    const given = Buffer.from(mac, 'base64url');
    const expected = this.sign(body);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const [environment, untilMs] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [string, number];
    return untilMs > this.nowMs() ? environment : null;
  }

  private sign(body: string): Buffer {
    return createHmac('sha256', this.secret).update(body).digest().subarray(0, 16);
  }
}
