import { object, type Schema } from './schema.js';

/** Body of POST /api/eval/:clientKey, as GrowthBook's SDKs send it. */
export interface GrowthbookEvalRequest {
  readonly attributes?: Readonly<Record<string, unknown>> | null;
}

export const growthbookEvalRequestSchema: Schema = {
  ...object(
    {
      attributes: {
        type: 'object',
        nullable: true,
        maxProperties: 256,
        additionalProperties: true,
        description:
          '`id` is the unit of tasks by user, an attribute called like another unit type (`conversation`, `tenant`) that of tasks by it; everything is an attribute for audiences. An id that is empty, longer than 256 characters, or holds U+0000 or half of a surrogate pair counts as none: the champion serves.',
        example: { id: 'user-42', plan: 'pro' },
      },
    },
    [],
    {
      example: {
        attributes: { id: 'user-42', plan: 'pro' },
        forcedVariations: {},
        forcedFeatures: [],
        url: '',
      },
    },
  ),
  // forcedVariations, forcedFeatures and url are applied by the SDK itself.
  additionalProperties: true,
};

const omitted: Schema = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description: 'Tasks of other hash schemes, and where they are answered.',
};

export const growthbookFeaturesSchema: Schema = object(
  {
    status: { type: 'integer', enum: [200] },
    features: {
      type: 'object',
      additionalProperties: true,
      description:
        'A feature for each task, by its key; its values say variant, model, source and experiment.',
    },
    dateUpdated: { type: 'string', format: 'date-time' },
    omitted,
  },
  ['status', 'features', 'dateUpdated'],
);
