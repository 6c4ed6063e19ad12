/**
 * Strong: the same text has the same tag on every edge.
 *
 * @param sha256 of the text as published, in hexadecimal
 */
export const etagOf = (version: number, sha256: string): string => `"${version}-${sha256.slice(0, 16)}"`;
