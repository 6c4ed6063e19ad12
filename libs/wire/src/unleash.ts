import { object, text, type Schema } from './schema.js';

/** Unleash's context: `userId` is the unit of tasks by user, `sessionId` of tasks by session. */
export interface UnleashContext {
  readonly userId?: string | number | null;
  readonly sessionId?: string | number | null;
  readonly remoteAddress?: string | number | null;
  readonly appName?: string | number | null;
  readonly environment?: string | number | null;
  readonly currentTime?: string | number | null;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

/** One enabled toggle of GET and POST /api/frontend; toggle = task. */
export interface UnleashToggle {
  readonly name: string;
  readonly enabled: true;
  readonly impressionData: boolean;
  readonly variant: {
    readonly name: string;
    readonly enabled: true;
    readonly feature_enabled: true;
    readonly payload: { readonly type: 'json'; readonly value: string };
  };
}

/** Counts of one toggle in one bucket of an SDK. */
export interface UnleashCounts {
  readonly yes?: number;
  readonly no?: number;
  readonly variants?: Readonly<Record<string, number>>;
}

/** A numeric sample has a value; a histogram's has a sum and a count. */
export interface UnleashSample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value?: number;
  readonly sum?: number;
  readonly count?: number;
}

export interface UnleashImpactMetric {
  readonly name: string;
  readonly type: string;
  readonly samples: readonly UnleashSample[];
}

/** Body of POST /api/client/metrics and /api/frontend/client/metrics. */
export interface UnleashMetricsRequest {
  readonly appName: string;
  readonly instanceId?: string;
  readonly connectionId?: string;
  readonly bucket: {
    readonly start: string | number;
    readonly stop: string | number;
    readonly toggles: Readonly<Record<string, UnleashCounts>>;
  };
  readonly impactMetrics?: readonly UnleashImpactMetric[];
}

/** Body of POST /api/client/metrics/bulk, as a proxy or an edge of Unleash's sends it. */
export interface UnleashBulkMetricsRequest {
  readonly applications: ReadonlyArray<{ readonly appName: string }>;
  readonly metrics: ReadonlyArray<UnleashCounts & { readonly featureName: string; readonly appName: string }>;
  readonly impactMetrics?: readonly UnleashImpactMetric[];
}

/** Body of POST /api/client/register and /api/frontend/client/register. */
export interface UnleashRegistration {
  readonly appName: string;
  readonly instanceId?: string;
  readonly sdkVersion?: string;
}

/** What SDKs add in later versions is not ours to refuse. */
const open = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  more: Schema = {},
): Schema => object(properties, required, { ...more, additionalProperties: true });

const maybeText: Schema = { type: 'string', nullable: true, maxLength: 1024 };
const appName = text(256, 'The application that uses the SDK.', 'support-chat');
const count: Schema = { type: 'integer', minimum: 0, maximum: 1e12, example: 12 };

/** Whatever an SDK fills in is taken: one field that is no use to us must not cost a page all its toggles. */
const said = (more: Schema = {}): Schema => ({
  anyOf: [{ type: 'string', nullable: true }, { type: 'number' }],
  ...more,
});
/** What becomes of an id that no unit can have: as of one that is not known, in every SDK of Unleash's. */
export const NO_UNIT =
  'An id that is empty, longer than 256 characters, or holds U+0000 or half of a surrogate pair counts as none: the champion serves.';

const contextSchema: Schema = open(
  {
    userId: said({ description: `The unit of tasks by user. ${NO_UNIT}`, example: 'user-42' }),
    sessionId: said({ description: `The unit of tasks by session. ${NO_UNIT}` }),
    remoteAddress: said(),
    appName: said(),
    environment: said(),
    currentTime: said(),
    properties: {
      type: 'object',
      nullable: true,
      additionalProperties: true,
      maxProperties: 256,
      description:
        'Attributes; one that is called like the unit type of a task (`conversation`, `tenant`) is the unit of it. What no audience can use (objects, texts of more than 1,024 characters, more than 64) is left out, not refused.',
      example: { plan: 'pro' },
    },
  },
  [],
  { maxProperties: 256, nullable: true },
);

export const unleashFrontendRequestSchema: Schema = open({ context: contextSchema }, [], {
  example: { context: { userId: 'user-42', properties: { plan: 'pro' } } },
});

export const unleashFrontendResponseSchema: Schema = object(
  {
    toggles: {
      type: 'array',
      items: object(
        {
          name: { type: 'string', description: 'Key of the task.', example: 'support-reply' },
          enabled: { type: 'boolean', enum: [true] },
          impressionData: { type: 'boolean' },
          variant: object(
            {
              name: {
                type: 'string',
                description: 'The arm; `champion` or `holdout` where nothing was drawn.',
                example: 'challenger',
              },
              enabled: { type: 'boolean' },
              feature_enabled: { type: 'boolean' },
              payload: object(
                {
                  type: { type: 'string', enum: ['json'] },
                  value: {
                    type: 'string',
                    description:
                      'The model as JSON: key, version, provider, name, parameters; and assignmentId.',
                  },
                },
                ['type', 'value'],
              ),
            },
            ['name', 'enabled', 'feature_enabled', 'payload'],
          ),
        },
        ['name', 'enabled', 'impressionData', 'variant'],
      ),
    },
  },
  ['toggles'],
);

const countsSchema: Readonly<Record<string, Schema>> = {
  yes: count,
  no: count,
  variants: {
    type: 'object',
    maxProperties: 100,
    propertyNames: { maxLength: 256 },
    additionalProperties: count,
    example: { challenger: 7, champion: 5 },
  },
};

const impactMetrics: Schema = {
  type: 'array',
  maxItems: 1000,
  items: open(
    {
      name: text(128, 'Becomes the event name of an outcome.', 'purchases'),
      type: { type: 'string', maxLength: 64, example: 'counter' },
      samples: {
        type: 'array',
        maxItems: 10_000,
        items: open(
          {
            labels: {
              type: 'object',
              maxProperties: 64,
              additionalProperties: { type: 'string', maxLength: 4096 },
              example: { unit: 'user-42', task: 'support-reply' },
            },
            value: { type: 'number' },
            sum: { type: 'number' },
            count: { type: 'number' },
          },
          [],
        ),
      },
    },
    ['name', 'type', 'samples'],
  ),
  description:
    'A sample becomes an outcome where its labels say whom it is about: `assignmentId`; or `unit`, with `task` or without; or, for tasks by `application`, the appName that SDKs add. Others are counted and dropped: they are sums over many units.',
};

export const unleashMetricsSchema: Schema = open(
  {
    appName,
    instanceId: maybeText,
    connectionId: maybeText,
    bucket: open(
      {
        start: { description: 'A time, as a text or in milliseconds.' },
        stop: { description: 'A time, as a text or in milliseconds.' },
        toggles: {
          type: 'object',
          maxProperties: 10_000,
          propertyNames: { maxLength: 256 },
          additionalProperties: open(countsSchema, []),
        },
      },
      ['start', 'stop', 'toggles'],
    ),
    impactMetrics,
  },
  ['appName', 'bucket'],
  {
    example: {
      appName: 'support-chat',
      bucket: {
        start: '2026-01-05T10:00:00.000Z',
        stop: '2026-01-05T10:01:00.000Z',
        toggles: { 'support-reply': { yes: 12, no: 0, variants: { challenger: 7, champion: 5 } } },
      },
    },
  },
);

export const unleashBulkMetricsSchema: Schema = open(
  {
    applications: { type: 'array', maxItems: 10_000, items: open({ appName }, ['appName']) },
    metrics: {
      type: 'array',
      maxItems: 100_000,
      items: open({ ...countsSchema, featureName: text(256, 'Key of the task.', 'support-reply'), appName }, [
        'featureName',
        'appName',
      ]),
    },
    impactMetrics,
  },
  ['applications', 'metrics'],
);

export const unleashRegistrationSchema: Schema = open(
  { appName, instanceId: maybeText, sdkVersion: maybeText },
  ['appName'],
  { example: { appName: 'support-chat', instanceId: 'pod-7', sdkVersion: 'unleash-client-node:6.12.1' } },
);
