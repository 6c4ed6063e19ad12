/**
 * A version as GrowthBook's SDKs compare it, as a text: numbers padded to five places, "~" where a release has no
 * pre-release part. Not Semantic Versioning: numbers of six digits and dashes in identifiers order differently.
 *
 * @see https://docs.growthbook.io/lib/build-your-own (paddedVersionString)
 */
export function paddedVersion(text: string): string {
  const parts = (text === '' ? '0' : text).replace(/(^v|\+.*$)/g, '').split(/[-.]/);
  if (parts.length === 3) parts.push('~');
  return parts.map((part) => (/^[0-9]+$/.test(part) ? part.padStart(5, ' ') : part)).join('-');
}
