import { checkLook } from '@app/analysis';
import { type Receipt, verifyReceipts } from '@app/rollouts';

/** What answers hand-written SQL with rows. */
interface Queries {
  query<T>(sql: string, parameters?: unknown[]): Promise<T>;
}

/** One thing that does not hold. */
export interface Finding {
  readonly what: string;
  readonly code: string;
  readonly message: string;
}

export interface Verification {
  readonly key: string;
  readonly looks: number;
  /** Looks made by another version of the estimators: their digests are checked, their figures cannot be. */
  readonly otherVersion: number;
  readonly receipts: number;
  readonly findings: readonly Finding[];
}

interface LookRow {
  number: number;
  inputs: string;
  inputs_digest: string;
  estimator_version: string;
  result: string;
  result_digest: string;
}

const LOOKS = `
  SELECT number, inputs, inputs_digest, estimator_version, result, result_digest
  FROM looks JOIN subjects ON subjects.id = looks.subject_id WHERE subjects.key = $1 ORDER BY number`;

const RECEIPTS = `
  SELECT rollout_id AS "rolloutId", number, rollout_receipts.at, actor, step, stage_before AS "stageBefore",
         stage_after AS "stageAfter", share_before AS "shareBefore", share_after AS "shareAfter", body,
         previous_hash AS "previousHash", hash
  FROM rollout_receipts JOIN rollouts ON rollouts.id = rollout_id WHERE rollouts.key = $1 ORDER BY number`;

/**
 * Recomputes every look of an experiment and every receipt of a rollout from the evidence stored with them, trusting
 * no stored answer. An experiment and its rollout may share a key; both are checked.
 *
 * @returns null when nothing has that key
 */
export async function verify(database: Queries, key: string): Promise<Verification | null> {
  const [known] = await database.query<Array<{ known: boolean }>>(
    `SELECT EXISTS (SELECT FROM experiments WHERE key = $1) OR EXISTS (SELECT FROM rollouts WHERE key = $1) AS known`,
    [key],
  );
  if (!known?.known) return null;
  const looks = await database.query<LookRow[]>(LOOKS, [key]);
  const receipts = await database.query<Array<Receipt & { at: Date | string }>>(RECEIPTS, [key]);
  const checked = looks.map((row) => ({ number: row.number, check: check(row) }));
  return {
    key,
    looks: looks.length,
    otherVersion: checked.filter(({ check: { reproduced } }) => reproduced === null).length,
    receipts: receipts.length,
    findings: [
      ...checked.flatMap(({ number, check: found }) => lookFindings(number, found)),
      ...verifyReceipts(receipts.map((row) => ({ ...row, at: new Date(row.at).toISOString() }))).map(
        ({ number, code, message }) => ({ what: `receipt ${number}`, code, message }),
      ),
    ],
  };
}

function check(row: LookRow): ReturnType<typeof checkLook> {
  return checkLook({
    inputs: row.inputs,
    inputsDigest: row.inputs_digest,
    estimatorVersion: row.estimator_version,
    result: row.result,
    resultDigest: row.result_digest,
  });
}

function lookFindings(number: number, found: ReturnType<typeof checkLook>): Finding[] {
  const what = `look ${number}`;
  return [
    ...(found.inputsIntact
      ? []
      : [
          {
            what,
            code: 'INPUTS_MISMATCH',
            message: 'The stored inputs do not have the digest they came with.',
          },
        ]),
    ...(found.resultIntact
      ? []
      : [
          {
            what,
            code: 'RESULT_MISMATCH',
            message: 'The stored result does not have the digest it came with.',
          },
        ]),
    ...(found.reproduced === false
      ? [{ what, code: 'NOT_REPRODUCED', message: 'The stored inputs do not give the stored result again.' }]
      : []),
  ];
}
