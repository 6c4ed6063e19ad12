const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Names that are found on every object, also on one that does not have them itself. */
export const isInherited = (name: string): boolean => INHERITED.has(name);
