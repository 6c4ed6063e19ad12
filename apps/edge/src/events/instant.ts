const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

const SMALL = /[tz]/;
const DAYS_OF_EVERY_MONTH = 28;

/** An RFC 3339 time, cut to the millisecond; null for anything else, also for days that do not exist. */
export function readInstant(text: string): Date | null {
  const upper = SMALL.test(text) ? text.toUpperCase() : text;
  const parts = RFC3339.exec(upper);
  if (!parts) return null;
  const [, year, month, day] = parts;
  if (Number(day) > DAYS_OF_EVERY_MONTH) {
    const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
    if (midnight.getUTCDate() !== Number(day)) return null;
  }
  const at = new Date(upper);
  return Number.isNaN(at.getTime()) ? null : at;
}
