import type { ReplayPlan } from '../replay/dataset.js';

/** Story one: the June version of GPT-4 is far cheaper at telling primes, and far worse. */
export const PRIMES: ReplayPlan = {
  task: { key: 'prime-check', unitType: 'query', description: 'Is this number a prime?' },
  models: [
    { key: 'gpt-4-0314', provider: 'openai', name: 'gpt-4-0314', description: 'GPT-4 of March 2023' },
    { key: 'gpt-4-0613', provider: 'openai', name: 'gpt-4-0613', description: 'GPT-4 of June 2023' },
  ],
  metrics: [
    {
      key: 'cost_usd',
      name: 'Cost per query',
      description: 'An answer is cut before it costs ten cents',
      unitLabel: 'USD',
      kind: 'mean',
      direction: 'decrease',
      bounds: [0, 0.1],
    },
    { key: 'correct', name: 'Correct answers', kind: 'proportion', direction: 'increase' },
    {
      key: 'slow',
      name: 'Slower than 30 seconds',
      kind: 'proportion',
      direction: 'decrease',
      source: 'latency_s',
      threshold: 30,
    },
  ],
  experiment: {
    key: 'june-gpt-4',
    name: 'June GPT-4 against March',
    task: 'prime-check',
    environment: 'production',
    hypothesis: 'The June version of GPT-4 checks primes as well as the March version, for less money',
    template: 'cost-down',
    assignment: 'platform',
    variants: [
      { key: 'gpt-4-0314', model: 'gpt-4-0314', weight: 1, control: true },
      { key: 'gpt-4-0613', model: 'gpt-4-0613', weight: 1, control: false },
    ],
    trafficShare: 1,
    metrics: [
      { metric: 'cost_usd', role: 'success', mde: { value: 0.05, type: 'relative' } },
      { metric: 'correct', role: 'guardrail', margin: { value: 0.02, type: 'absolute' } },
      { metric: 'slow', role: 'guardrail', margin: { value: 0.05, type: 'absolute' } },
    ],
    plan: { method: 'sequential', alpha: 0.05, power: 0.8, plannedUnits: 1000, minDays: 7 },
  },
  assignment: 'platform',
};

/** Story two: the dear model is better at school mathematics, on two fifths of the traffic. */
export const GSM8K: ReplayPlan = {
  task: { key: 'maths-tutor', unitType: 'question', description: 'Solve a school mathematics problem' },
  models: [
    { key: 'Mixtral-8x7B-Instruct-v0.1', provider: 'mistral', name: 'Mixtral-8x7B-Instruct-v0.1' },
    { key: 'gpt-4-1106-preview', provider: 'openai', name: 'gpt-4-1106-preview' },
  ],
  metrics: [
    { key: 'solved', name: 'Problems solved', kind: 'proportion', direction: 'increase', source: 'correct' },
    {
      key: 'response_chars',
      name: 'Length of the answer',
      unitLabel: 'characters',
      kind: 'mean',
      direction: 'none',
    },
  ],
  experiment: {
    key: 'better-tutor',
    name: 'GPT-4 Turbo against Mixtral',
    task: 'maths-tutor',
    environment: 'production',
    hypothesis: 'The dear model solves more school mathematics problems',
    template: 'quality-up',
    assignment: 'platform',
    variants: [
      { key: 'Mixtral-8x7B-Instruct-v0.1', model: 'Mixtral-8x7B-Instruct-v0.1', weight: 1, control: true },
      { key: 'gpt-4-1106-preview', model: 'gpt-4-1106-preview', weight: 1, control: false },
    ],
    trafficShare: 0.4,
    metrics: [
      { metric: 'solved', role: 'success', mde: { value: 0.05, type: 'relative' } },
      { metric: 'response_chars', role: 'exploratory' },
    ],
    plan: { method: 'sequential', alpha: 0.05, power: 0.8, plannedUnits: 528, minDays: 7 },
  },
  assignment: 'platform',
};
