import type { WorldMetric } from '@app/metrics';

export const SUBJECT = '00000000-0000-7000-8000-00000000be01';
export const ARMS = ['control', 'a', 'b'] as const;
export const START = '2026-01-05T00:00:00Z';
export const NOW = new Date('2026-02-01T00:00:00Z');
const DAYS = 14;

/** Outcomes of a unit: with its exposure ten events. */
export const EVENTS_PER_UNIT = 10;

/** How unit rows of a metric follow from events by plain SQL: the events it reads and one number per unit. */
export interface BenchMetric {
  readonly definition: WorldMetric;
  readonly role: 'success' | 'guardrail' | 'exploratory';
  /** Of the events named here … */
  readonly events: readonly string[];
  /** … the unit's value. */
  readonly value: string;
  readonly denominator?: string;
}

const only = (name: string): string => `FILTER (WHERE metric = '${name}')`;

/** Ten metrics of every kind; all are adjusted by the covariate of the experiment but the quantile. */
export const METRICS: readonly BenchMetric[] = [
  {
    definition: { key: 'quality', source: 'score' },
    role: 'success',
    events: ['score'],
    value: `avg(value) ${only('score')}`,
  },
  {
    definition: { key: 'solved', kind: 'proportion', source: 'score', threshold: 0.5 },
    role: 'success',
    events: ['score'],
    value: `max((value > 0.5)::integer::double precision) ${only('score')}`,
  },
  {
    definition: { key: 'slow', kind: 'proportion', source: 'latency', threshold: 2000 },
    role: 'guardrail',
    events: ['latency'],
    value: `max((value > 2000)::integer::double precision) ${only('latency')}`,
  },
  {
    definition: { key: 'log-latency', source: 'latency', transform: 'log' },
    role: 'exploratory',
    events: ['latency'],
    value: `avg(ln(value)) ${only('latency')}`,
  },
  {
    definition: { key: 'p95-latency', kind: 'quantile', source: 'latency', level: 0.95 },
    role: 'exploratory',
    events: ['latency'],
    value: `avg(value) ${only('latency')}`,
  },
  {
    definition: { key: 'cost-per-request', kind: 'ratio', numerator: 'cost', denominator: 'request' },
    role: 'guardrail',
    events: ['cost', 'request'],
    value: `coalesce(sum(value) ${only('cost')}, 0)`,
    denominator: `coalesce(sum(coalesce(value, 1)) ${only('request')}, 0)`,
  },
  {
    definition: { key: 'spend', source: 'cost', aggregate: 'sum', cap: 5 },
    role: 'guardrail',
    events: ['cost'],
    value: `least(sum(value) ${only('cost')}, 5)`,
  },
  {
    definition: { key: 'requests', kind: 'count', source: 'request' },
    role: 'exploratory',
    events: ['request'],
    value: `sum(coalesce(value, 1)) ${only('request')}`,
  },
  {
    definition: { key: 'rating', source: 'rating' },
    role: 'exploratory',
    events: ['rating'],
    value: `avg(value) ${only('rating')}`,
  },
  {
    definition: { key: 'happy', kind: 'proportion', source: 'rating', threshold: 3 },
    role: 'exploratory',
    events: ['rating'],
    value: `max((value > 3)::integer::double precision) ${only('rating')}`,
  },
];

/** A number in (0, 1) that depends on unit and purpose alone: data that are the same in every run. */
const uniform = (purpose: string): string =>
  `((hashint8extended(i, ${purpose}) & 4294967295) + 0.5::double precision) / 4294967296`;

/** The same, normal. */
const normal = (purpose: string): string =>
  `(sqrt(-2 * ln(${uniform(purpose)})) * cos(2 * pi() * (${uniform(`${purpose} + 500`)})))`;

const ARM = `(ARRAY['control', 'a', 'b'])[1 + i % 3]`;
const FIRST = `'${START}'::timestamptz + (i % ${DAYS}) * interval '1 day' + (i % 80000) * interval '1 second'`;
const LEVEL = normal('1');

/** Units, $1 of their numbers from the first: number, name and bucket are in bench_units. */
export const EXPOSE = `
INSERT INTO events (environment, id, type, task, unit_type, unit, at, received_at, subject_id, epoch, variant, attributes)
SELECT 'production', 'x-' || i, 'exposure', 'support', 'user', unit, ${FIRST}, ${FIRST}, '${SUBJECT}', 1, ${ARM},
  jsonb_build_object('before', round((${LEVEL} + ${normal('2')})::numeric, 4), 'tier', (ARRAY['free', 'pro'])[1 + i % 2])
FROM bench_units`;

/** Three scores, three latencies, one cost, one request and one rating of every unit. */
export const MEASURE = `
INSERT INTO events (environment, id, type, task, unit_type, unit, at, received_at, metric, value)
SELECT 'production', metric || '-' || k || '-' || i, 'outcome', 'support', 'user', unit, at, at, metric,
  CASE metric
    WHEN 'score' THEN least(1, greatest(0, 0.4 + 0.15 * (${LEVEL} + ${normal('10 + k')}) + (i % 3) * 0.002))
    WHEN 'latency' THEN exp(6.5 + 0.5 * (${LEVEL}) + 0.35 * ${normal('20 + k')})
    WHEN 'cost' THEN exp(0.6 * ${normal('30')})
    WHEN 'request' THEN 1 + floor(4 * ${uniform('40')})
    ELSE 1 + floor(5 * ${uniform('50')})
  END
FROM (
  SELECT i, unit, k, metric, ${FIRST} + k * interval '1 minute' AS at
  FROM bench_units, (VALUES (1, 'score'), (2, 'score'), (3, 'score'), (1, 'latency'), (2, 'latency'), (3, 'latency'),
    (1, 'cost'), (1, 'request'), (1, 'rating')) AS kinds (k, metric)) AS drawn`;

/** The exposure rows that the aggregator would write. */
export const EXPOSURE_ROWS = `
INSERT INTO unit_exposures (subject_id, unit, bucket, epoch, variant, first_at, crossing, carried, attributes, covariate)
SELECT e.subject_id, e.unit, u.bucket, e.epoch, e.variant, e.at, false, false, e.attributes,
  (e.attributes ->> 'before')::double precision
FROM events e JOIN bench_units u USING (unit) WHERE e.type = 'exposure'`;

const of = (events: readonly string[]): string =>
  `FILTER (WHERE metric IN (${events.map((name) => `'${name}'`).join(', ')}))`;

/** Every metric of every unit in one pass. Rows of a unit lie in the order of time, in which they must be added up. */
export const UNIT_VALUES = `
CREATE UNLOGGED TABLE bench_values AS
SELECT unit, ${METRICS.map(
  ({ events, value, denominator }, i) =>
    `${value} AS v${i}, ${denominator ?? 'NULL::double precision'} AS d${i}, count(*) ${of(events)} AS n${i}, max(at) ${of(events)} AS l${i}`,
).join(',\n  ')}
FROM events WHERE type = 'outcome' GROUP BY unit`;

/** Latencies by bin, as `libs/metrics` numbers them. */
export const UNIT_BINS = `
CREATE UNLOGGED TABLE bench_bins AS
SELECT unit, array_agg(bin ORDER BY bin) AS bins, array_agg(n ORDER BY bin) AS bin_events
FROM (
  SELECT unit, (10000 + ceil(ln(value) / ln(1.01::double precision)))::smallint AS bin, count(*)::integer AS n
  FROM events WHERE type = 'outcome' AND metric = 'latency' GROUP BY 1, 2) b
GROUP BY unit`;

/** The metric rows that the aggregator would write; $1 are the ids of the metrics. */
export const METRIC_ROWS = `
INSERT INTO unit_metrics (subject_id, metric_id, unit, bucket, value, denominator, events, last_at, bins, bin_events)
SELECT '${SUBJECT}', ($1::uuid[])[m.i + 1], u.unit, u.bucket, m.value, m.denominator, m.events, m.last_at,
  CASE WHEN m.binned THEN b.bins END, CASE WHEN m.binned THEN b.bin_events END
FROM bench_units u JOIN bench_values v USING (unit) JOIN bench_bins b USING (unit)
CROSS JOIN LATERAL (VALUES ${METRICS.map(({ definition }, i) => `(${i}, v${i}, d${i}, n${i}::integer, l${i}, ${definition.kind === 'quantile'})`).join(', ')})
  AS m (i, value, denominator, events, last_at, binned)
ORDER BY u.unit, m.i`;

/** The numbers of a look straight from the events, as one would write it in a notebook: per arm and metric. */
export const PLAIN_SQL = `
WITH x AS (
  SELECT DISTINCT ON (unit) unit, variant, (attributes ->> 'before')::double precision AS before
  FROM events WHERE type = 'exposure' AND subject_id = '${SUBJECT}' ORDER BY unit, at
), m AS (
  SELECT unit, ${METRICS.map(
    ({ value, denominator }, i) => `${value} AS v${i}${denominator ? `, ${denominator} AS d${i}` : ''}`,
  ).join(',\n    ')}
  FROM events WHERE type = 'outcome' GROUP BY unit
)
SELECT variant, ${METRICS.map(({ denominator }, i) =>
  [
    `count(v${i})::integer AS n${i}`,
    `avg(v${i}) AS mean${i}`,
    `var_samp(v${i}) AS var${i}`,
    `covar_samp(v${i}, before) AS cov${i}`,
    ...(denominator ? [`avg(d${i}) AS per${i}`, `var_samp(d${i})`, `covar_samp(v${i}, d${i})`] : []),
  ].join(', '),
).join(',\n  ')}, var_samp(before) AS varx
FROM x JOIN m USING (unit) GROUP BY variant ORDER BY variant`;

/** The quantile of each arm and the sums its clustered variance needs. */
export const PLAIN_QUANTILE = `
WITH x AS (
  SELECT DISTINCT ON (unit) unit, variant FROM events
  WHERE type = 'exposure' AND subject_id = '${SUBJECT}' ORDER BY unit, at
), e AS (
  SELECT x.variant, unit, value FROM events JOIN x USING (unit) WHERE type = 'outcome' AND metric = 'latency'
), q AS (
  SELECT variant, percentile_disc(0.95) WITHIN GROUP (ORDER BY value) AS q FROM e GROUP BY variant
), u AS (
  SELECT variant, unit, count(*) AS n, count(*) FILTER (WHERE value <= q) AS s FROM e JOIN q USING (variant) GROUP BY 1, 2
)
SELECT variant, q, sum(n) AS n, sum(s) AS s, sum(n * n) AS nn, sum(s * n) AS sn, sum(s * s) AS ss
FROM u JOIN q USING (variant) GROUP BY variant, q ORDER BY variant`;

/** One more score and latency of every hundredth unit, told to the aggregation as intake does. */
export const TOUCH = `
WITH touched AS (SELECT i, unit, bucket FROM bench_units WHERE i % 100 = $1),
sent AS (
  INSERT INTO events (environment, id, type, task, unit_type, unit, at, received_at, metric, value)
  SELECT 'production', 'more-' || metric || '-' || i, 'outcome', 'support', 'user', unit, '${START}'::timestamptz + interval '20 days',
    now(), metric, value
  FROM touched, (VALUES ('score', 0.75), ('latency', 812.5)) AS kinds (metric, value))
INSERT INTO pending_units (shard, environment, unit) SELECT bucket & 15, 'production', unit FROM touched`;
