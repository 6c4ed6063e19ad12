/** What a number stands for, and so where it may lie. */
export type Meaning = 'number' | 'probability' | 'logProbability' | 'notNegative' | 'interval';

/** Names under which results carry a probability, something that cannot be negative, or the two ends of an interval. */
const PROBABILITY =
  /^(p|p[A-Z]\w*|prob[A-Z]\w*|chanceToWin|power|bothTails|adjustedP|harmP|srmP|coverage|jsd|cumulative\w*|nominal\w*)$/;
const LOG_PROBABILITY = /^log(P\w*|Lower|Upper|Tail)$/;
const NOT_NEGATIVE =
  /^(m2|se|se[A-Z]\w*|sd|\w*[vV]ariance|posteriorSd|scale|df|statistic2|expectedLoss\w*|risk|n)$/;
const INTERVAL = /^(ci|ci[A-Z]\w*|\w*Ci)$/;
/** Bounds of one-sided intervals, and a reduction that may be negative. */
const NEITHER = /^(ciLowerOnly|ciUpperOnly|paths|varianceReduction|nullVariance)$/;

const meaningOf = (key: string, inherited: Meaning): Meaning => {
  if (/^\d+$/.test(key)) return inherited;
  if (LOG_PROBABILITY.test(key)) return 'logProbability';
  if (PROBABILITY.test(key)) return 'probability';
  if (INTERVAL.test(key)) return 'interval';
  return NOT_NEGATIVE.test(key) ? 'notNegative' : 'number';
};

/** Throws with the path of the first figure in a result that is NaN or lies where its meaning forbids. */
export function soundNumber(value: unknown, meaning: Meaning, path: string): void {
  if (typeof value === 'number') {
    if (!allowed(value, meaning)) throw new Error(`${path} is ${value}, which is no ${meaning}`);
  } else if (typeof value === 'object' && value !== null) {
    if (meaning === 'interval' && Array.isArray(value)) ordered(value as Array<number | null>, path);
    const { lower, upper } = value as { lower?: unknown; upper?: unknown };
    if (isEnd(lower) && isEnd(upper)) ordered([lower, upper], path);
    for (const [key, inner] of Object.entries(value)) {
      if (NEITHER.test(key)) {
        if (typeof inner === 'number' && Number.isNaN(inner)) throw new Error(`${path}.${key} is NaN`);
      } else soundNumber(inner, meaningOf(key, meaning), `${path}.${key}`);
    }
  }
}

function allowed(value: number, meaning: Meaning): boolean {
  switch (meaning) {
    case 'probability':
      return value >= 0 && value <= 1;
    case 'logProbability':
      return value <= 0;
    case 'notNegative':
      return value >= 0;
    default:
      return !Number.isNaN(value);
  }
}

const isEnd = (value: unknown): value is number | null => value === null || typeof value === 'number';

function ordered([low, high]: ReadonlyArray<number | null | undefined>, path: string): void {
  const lower = low ?? -Infinity;
  const upper = high ?? Infinity;
  if (!(lower <= upper) || lower === Infinity || upper === -Infinity)
    throw new Error(`${path} is no interval: ${lower}, ${upper}`);
}
