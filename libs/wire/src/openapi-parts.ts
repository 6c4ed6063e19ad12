import { DATA_PLANE_ERRORS, type DataPlaneErrorCode } from './problem.js';
import type { Schema } from './schema.js';

const TAG = 'Data plane';

const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const json = (name: string): Schema => ({ 'application/json': { schema: reference(name) } });

export function problems(...codes: DataPlaneErrorCode[]): Schema {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const status = DATA_PLANE_ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\``]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      String(status),
      {
        description: names.join(', '),
        content: { 'application/problem+json': { schema: reference('Problem') } },
      },
    ]),
  );
}

export const EVERY_CALL = [
  'API_KEY_MISSING',
  'API_KEY_NOT_VALID',
  'ROLE_NOT_ALLOWED',
  'RULESET_MISSING',
] as const;
export const EVERY_BODY = [
  ...EVERY_CALL,
  'BODY_NOT_JSON',
  'BODY_TOO_LARGE',
  'MEDIA_TYPE_NOT_SUPPORTED',
  'VALIDATION_FAILED',
] as const;

/** How an operation of the data plane is described; all of them live at the edge's address. */
export type DescribeCall = (
  operationId: string,
  summary: string,
  description: string,
  rest: Schema,
) => Schema;

export const describeCalls =
  (edgeUrl: string): DescribeCall =>
  (operationId, summary, description, rest) => ({
    operationId,
    summary,
    description,
    tags: [TAG],
    servers: [{ url: edgeUrl, description: 'Data plane' }],
    ...rest,
  });
