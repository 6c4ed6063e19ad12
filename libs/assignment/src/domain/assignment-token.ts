import { hash, timingSafeEqual } from 'node:crypto';
import type { SubjectKind } from '@app/bucketing';
import { MacKey } from './mac-key.js';

/** What an assignment belongs to: the experiment or rollout that chose. Exposures may also be of a holdout. */
export interface AssignedSubject {
  readonly kind: SubjectKind;
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
/** Characters of a signature, in base64url. */
const MAC_CHARACTERS = 22;
/** What they stand for: forging 128 bits by chance is out of the question, and the token stays short. */
const MAC_BYTES = 16;

/** The arm's part of tokens, and who keeps it: keys made for it are forgotten with its owner. */
export interface ArmPart {
  /** As `armFacts` writes it. */
  readonly arm: string;
}

/**
 * Turns assignments into self-contained texts `a2.<arm>.<time>.<unit>.<signature>` and back; no row is kept for one.
 * What all units of an arm share stands by itself, so that it is encoded once.
 *
 * Signed, not encrypted: whoever holds one can read the unit in it. An arm's part has a key of its own, its HMAC-SHA-256
 * under the secret; the signature is SHA-256 over that key and the rest, cut to 128 bits. Half of the digest is held
 * back, so that nobody can go on hashing from where a signature ended.
 *
 * @see Coron, Dodis, Malinaud & Puniya (2005), Merkle-Damgård revisited, CRYPTO '05, section 3.4
 */
export class AssignmentTokens {
  private readonly secret: MacKey;
  private readonly armKeys = new WeakMap<ArmPart, string>();

  constructor(
    private readonly environment: string,
    secret: string,
  ) {
    this.secret = new MacKey(secret);
  }

  issue(facts: AssignmentFacts): string {
    return this.issuer(facts.issuedAt)({ arm: armFacts(facts) }, facts.unit);
  }

  /** Issues tokens of one instant. */
  issuer(issuedAt: Date): (part: ArmPart, unit: string) => string {
    const time = issuedAt.getTime().toString(TIME_RADIX);
    let lastUnit: string | undefined;
    let when = '';
    return (part, unit) => {
      if (unit !== lastUnit) {
        lastUnit = unit;
        when = `.${time}.${unitPart(unit)}`;
      }
      let key = this.armKeys.get(part);
      if (key === undefined) this.armKeys.set(part, (key = this.armKey(part.arm)));
      return `${VERSION}.${part.arm}${when}.${signature(key, when)}`;
    };
  }

  /** The facts of a token of this environment; null for anything else. Never throws. */
  verify(token: string): AssignmentFacts | null {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const parts = token.split('.');
    const given = Buffer.from(parts.pop()!, 'base64url');
    const expected = Buffer.from(this.expected(parts), 'base64url').subarray(0, MAC_BYTES);
    if (given.length !== MAC_BYTES || !timingSafeEqual(given, expected)) return null;
    try {
      const facts = read(parts);
      return facts?.environment === this.environment ? facts : null;
    } catch {
      return null;
    }
  }

  private armKey(arm: string): string {
    return this.secret.sign(`${VERSION}.${arm}`);
  }

  /** The signature that these parts should carry. */
  private expected([version, first = '', ...rest]: readonly string[]): string {
    if (version === VERSION) return signature(this.armKey(first), `.${rest.join('.')}`);
    return this.secret.sign([FIRST_VERSION, first, ...rest].join('.'));
  }
}

const signature = (armKey: string, when: string): string =>
  hash('sha256', armKey + when, 'base64url').slice(0, MAC_CHARACTERS);

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
    return {
      environment,
      task,
      unitType,
      unit: readUnit(unit),
      model,
      issuedAt,
      subject: subjectOf(subject),
    };
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

/** Most ids are letters and digits, which need no encoding; the mark before them is in no base64url. */
const PLAIN = '~';
const PLAIN_UNIT = /^[A-Za-z0-9_-]+$/;

const unitPart = (unit: string): string => (PLAIN_UNIT.test(unit) ? PLAIN + unit : encode(unit));
const readUnit = (part: string): string => (part.startsWith(PLAIN) ? part.slice(1) : decode(part));

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');
const decode = (text: string): string => Buffer.from(text, 'base64url').toString('utf8');
