const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** An RFC 3339 time, cut to the millisecond; null for anything else, also for days that do not exist. */
export function readInstant(text: string): Date | null {
  const upper = text.toUpperCase();
  const parts = RFC3339.exec(upper);
  if (!parts) return null;
  const [, year, month, day] = parts;
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return null;
  const at = new Date(upper);
  return Number.isNaN(at.getTime()) ? null : at;
}
