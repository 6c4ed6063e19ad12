import { timingSafeEqual } from 'node:crypto';
import { MacKey, MAC_BYTES } from './mac-key.js';

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
export interface AssignmentFacts extends ArmFacts {
  /** '' when the caller named no unit. */
  readonly unit: string;
  readonly issuedAt: Date;
}

/** What the assignment ids of one arm have in common. */
export interface ArmFacts {
  readonly environment: string;
  readonly task: string;
  readonly unitType: string;
  /** `key@version` of the model that was to serve; null when there was none. */
  readonly model: string | null;
  /** Null where nothing is measured: the champion, overrides, holdouts, disabled tasks. */
  readonly subject: AssignedSubject | null;
}

const VERSION = 'a2';
/** One base64 text of all facts; not issued any more, still read: outcomes come late. */
const FIRST_VERSION = 'a1';
/** Longer texts are not tokens of ours; nothing is decoded. */
export const MAX_TOKEN_LENGTH = 4096;
const TIME_RADIX = 36;

/**
 * Turns assignments into self-contained texts `a2.<arm>.<time>.<unit>.<signature>` and back; no row is kept for one.
 * What all units of an arm share stands by itself, so that it is encoded once.
 *
 * Signed (HMAC-SHA-256, cut to 128 bits), not encrypted: whoever holds one can read the unit in it.
 */
export class AssignmentTokens {
  private readonly key: MacKey;

  constructor(
    private readonly environment: string,
    secret: string,
  ) {
    this.key = new MacKey(secret);
  }

  issue(facts: AssignmentFacts): string {
    return this.issuer(facts.issuedAt)(armFacts(facts), facts.unit);
  }

  /** Issues tokens of one instant. @returns a function of an arm, as `armFacts` writes it, and a unit */
  issuer(issuedAt: Date): (arm: string, unit: string) => string {
    const time = issuedAt.getTime().toString(TIME_RADIX);
    let lastUnit: string | undefined;
    let when = '';
    return (arm, unit) => {
      if (unit !== lastUnit) {
        lastUnit = unit;
        when = `.${time}.${encode(unit)}`;
      }
      const signed = `${VERSION}.${arm}${when}`;
      return `${signed}.${this.key.sign(signed)}`;
    };
  }

  /** The facts of a token of this environment; null for anything else. Never throws. */
  verify(token: string): AssignmentFacts | null {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const end = token.lastIndexOf('.');
    if (end < 0) return null;
    const signed = token.slice(0, end);
    const given = Buffer.from(token.slice(end + 1), 'base64url');
    const expected = Buffer.from(this.key.sign(signed), 'base64url');
    if (given.length !== MAC_BYTES || !timingSafeEqual(given, expected)) return null;
    try {
      const facts = read(signed.split('.'));
      return facts?.environment === this.environment ? facts : null;
    } catch {
      return null;
    }
  }
}

/** The part of a token that is the same for all units of an arm. */
export function armFacts({ environment, task, unitType, model, subject }: ArmFacts): string {
  const arm = [environment, task, unitType, model, ...(subject ? subjectFacts(subject) : [])];
  return encode(JSON.stringify(arm));
}

type SubjectFacts = [AssignedSubject['kind'], string, string, number, string, number];

const subjectFacts = ({ kind, id, key, epoch, variant, carried }: AssignedSubject): SubjectFacts => [
  kind,
  id,
  key,
  epoch,
  variant,
  carried ? 1 : 0,
];

function subjectOf(facts: SubjectFacts | []): AssignedSubject | null {
  if (facts.length === 0) return null;
  const [kind, id, key, epoch, variant, carried] = facts;
  return { kind, id, key, epoch, variant, carried: carried === 1 };
}

/** Signed content is ours, so its shape is known. */
function read([version, first = '', ...rest]: string[]): AssignmentFacts | null {
  if (version === VERSION) {
    const [time = '', unit = ''] = rest;
    const [environment, task, unitType, model, ...subject] = JSON.parse(decode(first)) as [
      ...[string, string, string, string | null],
      ...(SubjectFacts | []),
    ];
    const issuedAt = new Date(Number.parseInt(time, TIME_RADIX));
    return { environment, task, unitType, unit: decode(unit), model, issuedAt, subject: subjectOf(subject) };
  }
  if (version !== FIRST_VERSION) return null;
  const [environment, task, unitType, unit, model, issuedAt, ...subject] = JSON.parse(decode(first)) as [
    ...[string, string, string, string, string | null, number],
    ...(SubjectFacts | []),
  ];
  return {
    environment,
    task,
    unitType,
    unit,
    model,
    issuedAt: new Date(issuedAt),
    subject: subjectOf(subject),
  };
}

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');
const decode = (text: string): string => Buffer.from(text, 'base64url').toString('utf8');
