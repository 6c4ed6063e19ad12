import { unleashUnitField } from '@app/bucketing';
import { type AssignmentsRequest, isUnitId, type UnleashContext } from '@app/wire';
import { usableAttributes } from '../assignments/usable-attributes.js';

/** Fields that Unleash's context has by itself; what else stands beside them is a property. */
const STANDARD = ['userId', 'sessionId', 'remoteAddress', 'appName', 'environment', 'currentTime'];

/** The context of GET /api/frontend: `?userId=…&properties[plan]=pro`, and what else is asked as properties. */
export function contextOfQuery(url: string): UnleashContext {
  const query = url.indexOf('?');
  const given: Record<string, unknown> = {};
  const properties: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(query < 0 ? '' : url.slice(query))) {
    const property = /^properties\[(.+)\]$/.exec(name)?.[1];
    if (property !== undefined) properties[property] = value;
    else given[name] = value;
  }
  return { ...given, properties };
}

/**
 * The assignment that a context asks for: a unit of each type a task has, from its own field; everything it says is an
 * attribute as well, as Unleash's constraints see it. An id that cannot be a unit is none: its outcomes could not be kept.
 */
export function assignmentsRequestOf(
  context: UnleashContext,
  unitTypes: Iterable<string>,
): AssignmentsRequest {
  const { properties, ...fields } = context;
  // A field of the context's own hides a property of its name, as in SDKs.
  const said = { ...properties, ...withoutEmpty(fields) };
  const units: Record<string, string> = {};
  for (const unitType of unitTypes) {
    const unit = textOf(said[unleashUnitField(unitType)]);
    if (unit !== null && isUnitId(unit)) units[unitType] = unit;
  }
  return { units, attributes: usableAttributes(ordered(said)) };
}

/** A context says "not known" by an empty text or by null. */
function withoutEmpty(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  );
}

/** Standard fields first: of too many attributes the last are left out. */
function ordered(said: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const standard = STANDARD.filter((name) => Object.hasOwn(said, name)).map((name) => [name, said[name]]);
  return { ...Object.fromEntries(standard), ...said };
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}
