import {
  HASH_SPACE,
  RULESET_FORMAT,
  type Ruleset,
  type RulesetExperiment,
  type RulesetRollout,
  type RulesetTask,
} from '@app/bucketing';
import type { WireEvent } from '../events/wire-event.js';
import { FakePlatform } from './fake-platform.js';

export const RULESET = 'GET /api/v1/ruleset';
export const EVENTS = 'POST /api/v1/events';
export const OPTIONS = { url: 'http://edge.example', key: 'ck_production_service_x' };

const model = (key: string) => ({
  key,
  version: 1,
  provider: 'openai',
  name: key,
  parameters: { temperature: 0 },
});

const experiment = (key: string): RulesetExperiment => ({
  id: `id-of-${key}`,
  key,
  epoch: 1,
  salt: `experiment:${key}:variant`,
  assignment: 'platform',
  paused: false,
  ranges: [[0, HASH_SPACE]],
  audience: null,
  overrides: { 'qa-1': 'b' },
  variants: [
    { key: 'a', model: 'old@1', weight: 1, control: true },
    { key: 'b', model: 'new@1', weight: 1, control: false },
  ],
});

const rollout: RulesetRollout = {
  id: 'id-of-tone-v2',
  key: 'tone-v2',
  epoch: 4,
  salt: 'rollout:tone-v2:position',
  stage: 1,
  share: 1,
  controlShare: 0,
  challenger: 'new@1',
  champion: 'old@1',
  audience: null,
  carried: null,
};

const task = (key: string, given: Partial<RulesetTask> = {}): RulesetTask => ({
  key,
  unitType: 'user',
  hashScheme: 'native-v1',
  positionSalt: `task:${key}:position`,
  enabled: true,
  champion: 'old@1',
  fallbacks: [],
  experiments: [],
  rollout: null,
  holdout: null,
  ...given,
});

/** `reply` (experiment `tone` on all users), `menu` (rollout at 100 % of users), `chat` (by conversation, nothing running). */
export function aRuleset(version = 1, given: Partial<Ruleset> = {}): Ruleset {
  const tasks = [
    task('reply', { experiments: [experiment('tone')] }),
    task('menu', { rollout }),
    task('chat', { unitType: 'conversation', experiments: [experiment('pace')] }),
  ];
  return {
    format: RULESET_FORMAT,
    environment: 'production',
    version,
    publishedAt: '2026-01-01T00:00:00.000Z',
    models: { 'old@1': model('old'), 'new@1': model('new') },
    tasks: Object.fromEntries(tasks.map((one) => [one.key, one])),
    subjects: {},
    ...given,
  };
}

/** An edge that answers with a ruleset and takes every event once. */
export class FakeEdge {
  readonly platform = new FakePlatform();
  readonly taken = new Map<string, WireEvent>();
  ruleset = aRuleset();

  constructor() {
    this.platform.onStream = (stream) => {
      stream.status(200);
      stream.text(`retry: 1000\n\n${this.news()}`);
    };
    this.platform.answers.set(RULESET, ({ headers }) => {
      const etag = `"${this.ruleset.version}-x"`;
      return headers['if-none-match'] === etag
        ? { status: 304, headers: { etag } }
        : { status: 200, body: this.ruleset, headers: { etag } };
    });
    this.platform.answers.set(EVENTS, ({ body }) => ({ status: 200, body: this.take(body) }));
  }

  take(body: string) {
    let accepted = 0;
    let duplicates = 0;
    for (const line of body.split('\n')) {
      const event = JSON.parse(line) as WireEvent;
      if (this.taken.has(event.id)) duplicates += 1;
      else accepted += 1;
      this.taken.set(event.id, event);
    }
    return { accepted, duplicates, rejected: [] };
  }

  /** Publishes, and tells those who listen. */
  publish(ruleset: Ruleset): void {
    this.ruleset = ruleset;
    this.say(this.news());
  }

  /** To all who listen. */
  say(text: string): void {
    for (const stream of this.platform.streams) if (stream.open) stream.text(text);
  }

  private news(): string {
    const { version } = this.ruleset;
    return `event: ruleset\nid: ${version}-x\ndata: {"version":${version},"etag":"\\"${version}-x\\""}\n\n`;
  }

  of(type: WireEvent['type']): WireEvent[] {
    return [...this.taken.values()].filter((event) => event.type === type);
  }
}
