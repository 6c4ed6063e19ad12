/**
 * The bodies shown in the API description: one story, in the order of the tags. Pasted one after another into a new
 * instance they all work; a spec does just that.
 */

export const MODEL_EXAMPLES = {
  'today’s model': {
    summary: 'The model that serves today',
    value: {
      key: 'support-small',
      provider: 'openai',
      name: 'gpt-4.1-mini',
      description: 'Answers support questions since spring',
      parameters: { temperature: 0.2, max_tokens: 400 },
      prompt: 'You are a friendly support agent. Answer in at most three sentences.',
      price: { currency: 'USD', inputPerMillionTokens: 0.4, outputPerMillionTokens: 1.6 },
    },
  },
  challenger: {
    summary: 'The model that wants its place',
    value: {
      key: 'support-large',
      provider: 'mistral',
      name: 'mistral-large-latest',
      parameters: { temperature: 0.2, max_tokens: 400 },
      prompt: 'You are a friendly support agent. Answer in at most three sentences.',
      price: { currency: 'USD', inputPerMillionTokens: 2, outputPerMillionTokens: 6 },
      lineage: { promptVersion: '2026-01' },
    },
  },
} as const;

export const MODEL_CHANGE_EXAMPLE = {
  prompt: 'You are a friendly support agent. Answer in at most two sentences.',
} as const;

export const TASK_EXAMPLE = {
  key: 'support-reply',
  name: 'Support reply',
  description: 'The answer a customer sees in the support chat',
  unitType: 'user',
} as const;

export const TASK_CHANGE_EXAMPLE = {
  description: 'The first answer a customer sees in the support chat',
} as const;

export const CHAMPION_EXAMPLE = {
  environment: 'production',
  model: 'support-small',
  fallbacks: ['support-large'],
} as const;

export const SWITCH_EXAMPLE = {
  environment: 'production',
  enabled: true,
  reason: 'The provider has recovered',
} as const;

export const FORGET_GATES_EXAMPLE = {
  environment: 'production',
  reason: 'The Unleash server was shut down',
} as const;

export const METRIC_EXAMPLES = {
  quality: {
    summary: 'Quality: an evaluator’s score from 0 to 1',
    value: {
      key: 'quality',
      name: 'Answer quality',
      description: 'Score of the evaluator, 0 (useless) to 1 (perfect)',
      kind: 'mean',
      direction: 'increase',
      bounds: [0, 1],
    },
  },
  'slow answers': {
    summary: 'Latency: share of users who waited more than 3 s',
    value: {
      key: 'slow-answer',
      name: 'Slow answers',
      description: 'The user had an answer that took more than three seconds',
      kind: 'proportion',
      source: 'latency_ms',
      threshold: 3000,
      direction: 'decrease',
    },
  },
  'cost per request': {
    summary: 'Cost: a ratio of two events',
    value: {
      key: 'cost-per-request',
      name: 'Cost per request',
      unitLabel: 'USD',
      kind: 'ratio',
      numerator: 'cost_usd',
      denominator: 'requests',
      direction: 'decrease',
    },
  },
} as const;

export const METRIC_CHANGE_EXAMPLE = {
  name: 'Answer quality',
  description: 'Score of the evaluator, 0 (useless) to 1 (perfect), first answer of a chat only',
  kind: 'mean',
  direction: 'increase',
  bounds: [0, 1],
} as const;

export const EXPERIMENT_EXAMPLE = {
  key: 'reply-large',
  name: 'Larger model for support replies',
  owner: 'ana@example.com',
  tags: ['support'],
  task: 'support-reply',
  environment: 'production',
  hypothesis: 'The larger model answers better, and not more users wait for more than three seconds.',
  template: 'quality-up',
  variants: [
    { key: 'small', model: 'support-small', weight: 1, control: true },
    { key: 'large', model: 'support-large', weight: 1, control: false },
  ],
  trafficShare: 1,
  metrics: [
    { metric: 'quality', role: 'success', mde: { value: 0.05, type: 'relative' } },
    { metric: 'slow-answer', role: 'guardrail', margin: { value: 0.02, type: 'absolute' } },
    { metric: 'cost-per-request', role: 'exploratory' },
  ],
  plan: { method: 'sequential', alpha: 0.05, power: 0.8, minDays: 7 },
} as const;

export const EXPERIMENT_CHANGE_EXAMPLE = { trafficShare: 0.5 } as const;

export const CLONE_EXAMPLE = { key: 'reply-large-2' } as const;

export const REASON_EXAMPLE = { reason: 'Incident at the provider' } as const;

export const COMMENT_EXAMPLE = { body: 'The dip on Tuesday was the provider’s outage.' } as const;

export const CONCLUDE_EXAMPLES = {
  'keep what we have': {
    value: { decision: 'no-ship', reason: 'No better answers after two weeks' },
  },
  'ship the winner': {
    value: { decision: 'ship', variant: 'large', reason: 'Better answers, nobody waits longer' },
  },
} as const;

export const POWER_EXAMPLE = {
  baseline: { mean: 0.7, sd: 0.2 },
  mde: { value: 0.05, type: 'relative' },
  unitsPerDay: 500,
} as const;

export const SEGMENT_EXAMPLES = {
  'by country': {
    value: {
      key: 'german-speaking',
      name: 'Customers who read German',
      condition: { attribute: 'country', operator: 'in', value: ['DE', 'AT'] },
    },
  },
} as const;

export const SEGMENT_CHANGE_EXAMPLE = {
  condition: { attribute: 'country', operator: 'in', value: ['DE', 'AT', 'CH'] },
} as const;

export const HOLDOUT_EXAMPLE = {
  key: '2026-q1',
  name: 'What the first quarter brought',
  environment: 'production',
  tasks: ['support-reply'],
  share: 0.05,
  metrics: ['quality'],
} as const;

export const HOLDOUT_METRIC_EXAMPLE = { metric: 'quality' } as const;

export const END_HOLDOUT_EXAMPLE = { reason: 'The quarter is over' } as const;

export const ENVIRONMENT_EXAMPLE = { key: 'eu-production', name: 'Production in Europe' } as const;

export const API_KEY_EXAMPLES = {
  'a calling service': {
    summary: 'For the data plane: asks for assignments and sends events',
    value: { name: 'support-backend', role: 'service', environment: 'production' },
  },
  'a product manager': { summary: 'Runs experiments', value: { name: 'ana', role: 'editor' } },
} as const;

export const WEBHOOK_EXAMPLES = {
  service: {
    summary: 'Signed JSON for a service of yours',
    value: {
      key: 'release-service',
      name: 'Release service',
      environment: 'production',
      url: 'https://hooks.example.com/contender',
    },
  },
  channel: {
    summary: 'A channel of people',
    value: {
      key: 'release-channel',
      name: 'Release channel',
      url: 'https://hooks.slack.com/services/T0000000/B0000000/example',
      format: 'slack',
      events: ['rollout.rolled-back', 'rollout.promoted', 'rollout.review-needed'],
    },
  },
} as const;

export const WEBHOOK_CHANGE_EXAMPLE = { enabled: false } as const;
