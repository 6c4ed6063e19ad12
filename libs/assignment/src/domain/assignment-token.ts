import { createHmac, timingSafeEqual } from 'node:crypto';

/** The experiment or rollout an assignment belongs to. */
export interface AssignedSubject {
  readonly kind: 'experiment' | 'rollout';
  readonly id: string;
  readonly key: string;
  readonly epoch: number;
  readonly variant: string;
  /** On the challenger only because an experiment's winner keeps its units; left out of estimates. */
  readonly carried: boolean;
}

/** What an assignment id says. */
export interface AssignmentFacts {
  readonly environment: string;
  readonly task: string;
  readonly unitType: string;
  /** '' when the caller named no unit. */
  readonly unit: string;
  /** `key@version` of the model that was to serve; null when there was none. */
  readonly model: string | null;
  readonly issuedAt: Date;
  /** Null where nothing is measured: the champion, overrides, holdouts, disabled tasks. */
  readonly subject: AssignedSubject | null;
}

const VERSION = 'a1';
/** 128 bits: forging one by chance is out of the question, and the token stays short. */
const MAC_BYTES = 16;
/** Longer texts are not tokens of ours; nothing is decoded. */
export const MAX_TOKEN_LENGTH = 4096;

/**
 * Turns assignments into self-contained texts `a1.<facts>.<signature>` and back; no row is kept for one.
 *
 * Signed (HMAC-SHA-256, cut to 128 bits), not encrypted: whoever holds one can read the unit in it.
 */
export class AssignmentTokens {
  constructor(
    private readonly environment: string,
    private readonly secret: string,
  ) {}

  issue(facts: AssignmentFacts): string {
    const { subject } = facts;
    const content = [
      facts.environment,
      facts.task,
      facts.unitType,
      facts.unit,
      facts.model,
      facts.issuedAt.getTime(),
      ...(subject
        ? [subject.kind, subject.id, subject.key, subject.epoch, subject.variant, subject.carried ? 1 : 0]
        : []),
    ];
    const body = Buffer.from(JSON.stringify(content), 'utf8').toString('base64url');
    return `${VERSION}.${body}.${this.sign(body).toString('base64url')}`;
  }

  /** The facts of a token of this environment; null for anything else. Never throws. */
  verify(token: string): AssignmentFacts | null {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const [version, body, mac, more] = token.split('.');
    if (version !== VERSION || !body || !mac || more !== undefined) return null;
    const given = Buffer.from(mac, 'base64url');
    const expected = this.sign(body);
    if (given.length !== MAC_BYTES || !timingSafeEqual(given, expected)) return null;
    try {
      const facts = read(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as unknown[]);
      return facts.environment === this.environment ? facts : null;
    } catch {
      return null;
    }
  }

  private sign(body: string): Buffer {
    return createHmac('sha256', this.secret).update(`${VERSION}.${body}`).digest().subarray(0, MAC_BYTES);
  }
}

/** Signed content is ours, so its shape is known. */
function read(content: unknown[]): AssignmentFacts {
  const [environment, task, unitType, unit, model, issuedAt, kind, id, key, epoch, variant, carried] =
    content as [
      string,
      string,
      string,
      string,
      string | null,
      number,
      AssignedSubject['kind']?,
      string?,
      string?,
      number?,
      string?,
      number?,
    ];
  const subject = kind
    ? { kind, id: id!, key: key!, epoch: epoch!, variant: variant!, carried: carried === 1 }
    : null;
  return { environment, task, unitType, unit, model, issuedAt: new Date(issuedAt), subject };
}
