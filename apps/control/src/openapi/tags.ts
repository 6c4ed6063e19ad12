/** Tags of the API description, in the order of the journey. */
export const TAGS = {
  models: '1 Models',
  tasks: '2 Tasks',
  metrics: '3 Metrics',
  experiments: '4 Experiments',
  results: '5 Results',
  rollouts: '6 Rollouts',
  power: '7 Planning',
  segments: 'Segments',
  holdouts: 'Holdouts',
  corrections: 'Corrections',
  environments: 'Environments',
  apiKeys: 'API keys',
  webhooks: 'Webhooks',
  audit: 'Audit log',
  clock: 'Virtual time',
  dataPlane: 'Data plane',
} as const;

export const TAG_DESCRIPTIONS: ReadonlyArray<readonly [name: string, description: string]> = [
  [TAGS.models, 'Register the models that can answer. A change makes a new version; versions never change.'],
  [
    TAGS.tasks,
    'What a service asks for, the unit it is randomised by, and the champion that serves by default.',
  ],
  [TAGS.metrics, 'How the events of a unit become one number: quality, feedback, latency, cost.'],
  [TAGS.experiments, 'Write the hypothesis, split the traffic, check the plan, start, watch, conclude.'],
  [TAGS.results, 'Looks: estimates, always-valid intervals and one verdict per comparison.'],
  [TAGS.rollouts, 'Replace the champion in stages, moved by evidence.'],
  [TAGS.power, 'How many units and days a question needs.'],
  [TAGS.segments, 'Named audiences that experiments share and follow.'],
  [TAGS.holdouts, 'Units kept on today’s champions, to measure what all changes together bring.'],
  [TAGS.corrections, 'Have a unit forgotten, or counted anew.'],
  [TAGS.environments, 'Separate worlds: champions, experiments and keys belong to one.'],
  [TAGS.apiKeys, 'Who may do what. `service` keys speak to the data plane, the others to this one.'],
  [
    TAGS.webhooks,
    'Who outside is told when a rollout moves: signed JSON, or messages that Slack shows. Retried for three days.',
  ],
  [TAGS.audit, 'Every change: who, when, what, why.'],
  [TAGS.clock, 'Private instances only: move time for demos, replays and tests.'],
  [TAGS.dataPlane, 'What calling services use, on the edge. Needs a `service` key.'],
];
