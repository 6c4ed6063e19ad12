const FIELDS: Readonly<Record<string, string>> = {
  user: 'userId',
  session: 'sessionId',
  application: 'appName',
};

/**
 * The field of an Unleash context that names the unit of a type, and the stickiness that strategies are written with:
 * `userId` for users, `sessionId` for sessions, `appName` for applications; for any other type the property of that
 * name.
 */
export function unleashUnitField(unitType: string): string {
  return Object.hasOwn(FIELDS, unitType) ? FIELDS[unitType]! : unitType;
}
