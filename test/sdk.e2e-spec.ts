import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Ruleset, RulesetRollout } from '@app/bucketing';
import { type ContenderError, type ContenderOptions, createContender } from '@app/sdk';
import type { AssignmentsResponse, OfrepBulkResponse, OfrepEvaluation } from '@app/wire';
import { OpenFeature } from '@openfeature/server-sdk';
import { ContenderProvider } from '../libs/sdk/src/openfeature/index.js';
import { CuttableProxy } from './support/cuttable-proxy.js';
import { aRuleset, EdgeWorld, until } from './support/edge-world.js';

const ROLLOUT: RulesetRollout = {
  id: '0190a0c0-0000-7000-8000-000000000009',
  key: 'menu-v2',
  epoch: 3,
  salt: 'rollout:menu-v2:position',
  stage: 1,
  share: 0.3,
  controlShare: 0.3,
  challenger: 'new@1',
  champion: 'old@1',
  audience: { attribute: 'plan', operator: 'equals', value: 'pro' },
  carried: null,
};

/** `reply` with an experiment on 60 % of the users, `menu` with a rollout for those on plan pro. */
function twoTasks(version: number, given: Partial<Ruleset> = {}): Ruleset {
  const base = aRuleset(version);
  const reply = base.tasks['reply']!;
  const [tone] = reply.experiments;
  const rollout = {
    id: ROLLOUT.id,
    kind: 'rollout',
    key: 'menu-v2',
    task: 'menu',
    assignment: 'platform',
  } as const;
  return {
    ...base,
    tasks: {
      reply: { ...reply, experiments: [{ ...tone!, ranges: [[0, Math.round(0.6 * 2 ** 32)]] }] },
      menu: { ...reply, key: 'menu', positionSalt: 'task:menu:position', experiments: [], rollout: ROLLOUT },
    },
    subjects: {
      ...base.subjects,
      'rollout:menu-v2': { ...rollout, variants: ['challenger', 'control', 'champion'] },
    },
    ...given,
  };
}

const EVERY_KIND = (n: number): string =>
  [`user-${n}`, `用户-${n}`, `Zoë ${n} 🙂`, String(n), ` ${n} `, `${n}`.repeat(20)][n % 6]!;

describe('the SDK before a real edge', () => {
  let world: EdgeWorld;
  let front: CuttableProxy;
  let port: number;
  const open: Array<{ close(options: { timeoutMs: number }): Promise<boolean> }> = [];
  const errors: ContenderError[] = [];

  const make = (more: Partial<ContenderOptions> = {}) => {
    const client = createContender({
      url: front.url.replace(/\/$/, ''),
      key: world.key,
      onError: (error: ContenderError) => errors.push(error),
      flushIntervalMs: 50,
      flushOnExit: false,
      ...more,
    });
    open.push(client);
    return client;
  };
  const count = async (sql: string, values: unknown[] = []): Promise<number> =>
    Number(
      (await world.pool.query<{ n: string }>(`SELECT count(*) AS n FROM events WHERE ${sql}`, values))
        .rows[0]!.n,
    );

  beforeAll(async () => {
    world = await EdgeWorld.create(twoTasks);
    port = Number(new URL(world.url).port);
    front = await CuttableProxy.before(world.url);
  });
  afterEach(async () => {
    front.mend();
    await Promise.all(open.splice(0).map((client) => client.close({ timeoutMs: 2000 })));
    errors.length = 0;
  });
  afterAll(async () => {
    await front.close();
    await world.destroy();
  });

  it('gives thousands of units the arms that HTTP gives them, and OFREP, whatever is in their ids', async () => {
    const client = make();
    await client.ready();
    const different: unknown[] = [];
    const arms: Record<string, number> = {};
    for (let first = 0; first < 2000; first += 50) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const unit = EVERY_KIND(first + index);
          const attributes = { plan: (first + index) % 3 === 0 ? 'free' : 'pro' };
          const body = { unit, attributes, tasks: ['reply', 'menu'], expose: false };
          const { assignments } = (await (
            await world.send('/api/v1/assignments', body)
          ).json()) as AssignmentsResponse;
          for (const theirs of assignments) {
            const ours = client.assign(theirs.task, unit, attributes, { expose: false });
            const { variant, model, reason, source, propensity } = ours;
            const arm = `${theirs.task}/${String(variant)}/${reason}`;
            arms[arm] = (arms[arm] ?? 0) + 1;
            const { variant: v, model: m, reason: r, source: s, propensity: p } = theirs;
            if (
              JSON.stringify([variant, model, reason, source, propensity]) !== JSON.stringify([v, m, r, s, p])
            ) {
              different.push([ours, theirs]);
            }
          }
        }),
      );
    }
    expect(different).toEqual([]);
    expect(Object.keys(arms).sort()).toEqual([
      'menu/challenger/ROLLOUT',
      'menu/champion/ROLLOUT',
      'menu/control/ROLLOUT',
      'menu/null/DEFAULT',
      'reply/a/SPLIT',
      'reply/b/SPLIT',
      'reply/null/DEFAULT',
    ]);
    for (const arm of Object.values(arms)) expect(arm).toBeGreaterThan(60);
  });

  it('says under OpenFeature what the OFREP route says', async () => {
    await OpenFeature.setProviderAndWait(new ContenderProvider(make()));
    const openFeature = OpenFeature.getClient();
    for (let n = 0; n < 60; n += 1) {
      const context = { targetingKey: EVERY_KIND(n), plan: n % 2 ? 'pro' : 'free', seen: { nested: true } };
      const bulk = (await (
        await world.send('/ofrep/v1/evaluate/flags', { context })
      ).json()) as OfrepBulkResponse;
      for (const flag of bulk.flags as OfrepEvaluation[]) {
        const { assignmentId: _token, ...metadata } = flag.metadata;
        const { value, variant, reason, flagMetadata } = await openFeature.getStringDetails(
          flag.key,
          'mine',
          context,
        );
        expect([value, variant, reason, flagMetadata]).toEqual([
          flag.value,
          flag.variant,
          flag.reason,
          metadata,
        ]);
      }
    }
    await OpenFeature.close();
  });

  it('counts an exposure once, whoever records it: two processes with the SDK, and the edge', async () => {
    const [one, other] = [make(), make()];
    await Promise.all([one.ready(), other.ready()]);
    const units = Array.from({ length: 200 }, (_, n) => `once-${n}`);
    const attributes = { plan: 'pro' };
    for (const unit of units) {
      for (const client of [one, other, one]) {
        client.assign('reply', unit, attributes);
        client.assign('menu', unit, attributes);
      }
    }
    await Promise.all(
      units.map((unit) => world.send('/api/v1/assignments', { unit, attributes, tasks: ['reply'] })),
    );
    expect(await one.flush()).toBe(true);
    expect(await other.flush()).toBe(true);
    const exposed = units.flatMap((unit) =>
      ['reply', 'menu'].filter((task) => one.assign(task, unit, attributes).variant !== null),
    );
    await until(
      () => count(`unit LIKE 'once-%' AND type = 'exposure'`),
      (stored) => stored >= exposed.length,
    );
    const ids = `unit LIKE 'once-%' AND type = 'exposure'`;
    expect(await count(ids)).toBe(exposed.length);
    const { rows } = await world.pool.query(
      `SELECT DISTINCT subject_id, epoch FROM events WHERE ${ids} ORDER BY epoch`,
    );
    expect(rows.map(({ epoch }) => epoch as number)).toEqual([1, 3]);
    expect(one.stats().delivered.rejected + other.stats().delivered.rejected).toBe(0);
    expect(errors).toEqual([]);
  });

  it('hears of a change by the stream alone, and of those it missed while the edge was away', async () => {
    const client = make({ pollIntervalMs: 3_600_000, maxStalenessMs: 3_600_000 });
    await client.ready();
    const version = (): Promise<number | null> => Promise.resolve(client.stats().rulesetVersion);
    await until(
      () => Promise.resolve(client.stats().streaming),
      (streaming) => streaming,
    );
    const next = await world.publish((number) =>
      twoTasks(number, { publishedAt: '2026-02-02T00:00:00.000Z' }),
    );
    await until(version, (held) => held === next);
    front.cut();
    const missed = await world.publish((number) => twoTasks(number));
    front.mend();
    await until(version, (held) => held === missed);
  });

  it('begins with a bootstrap while the edge is away, and follows it once it is back', async () => {
    const before = make();
    await before.ready();
    const bootstrap = before.ruleset()!;
    const attributes = { plan: 'pro' };
    const answers = Array.from({ length: 300 }, (_, n) =>
      before.assign('reply', `boot-${n}`, attributes, { expose: false }),
    );
    front.cut();
    const client = make({ bootstrap: JSON.parse(JSON.stringify(bootstrap)) as object });
    expect(await client.ready()).toBe(true);
    expect(answers.map((_, n) => client.assign('reply', `boot-${n}`, attributes))).toEqual(answers);
    const stale = Array.from({ length: 50 }, (_, n) => client.assign('menu', `boot-${n}`, attributes));
    expect(new Set(stale.map(({ reason, model }) => `${reason} ${model!.key}`))).toEqual(
      new Set(['STALE old']),
    );
    await until(
      () => Promise.resolve(errors.map(({ code }) => code)),
      (codes) => codes.includes('RULESET_UNREACHABLE') && codes.includes('EVENTS_UNDELIVERED'),
    );
    front.mend();
    await until(
      () => Promise.resolve(client.stats()),
      ({ stale: still, waiting }) => !still && waiting.exposures === 0,
    );
    const measured = answers.filter(({ variant }) => variant !== null).length + stale.length;
    expect(await count(`unit LIKE 'boot-%' AND type = 'exposure'`)).toBe(measured);
  });

  it('loses nothing that it took while connections break and the edge is stopped and started', async () => {
    const client = make({ batchSize: 20 });
    await client.ready();
    const taken: string[] = [];
    let number = 0;
    const work = async (turns: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn += 1) {
        for (let n = 0; n < 5; n += 1) {
          const unit = `hard-${(number += 1)}`;
          client.assign('reply', unit);
          if (client.track('quality', unit, 0.5, { task: 'reply', id: `score-${number}` }))
            taken.push(`score-${number}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    for (let round = 0; round < 3; round += 1) {
      await work(20);
      front.cut();
      await work(10);
      front.mend();
      await work(20);
      await world.edge.close();
      await work(20);
      await world.start({ CONTENDER_EDGE_PORT: port });
    }
    // Asked, because the pause between tries has grown to as much as half a minute by now.
    expect(await client.flush({ timeoutMs: 20_000 })).toBe(true);
    expect(taken).toHaveLength(number);
    const { rows } = await world.pool.query<{ id: string; copies: string }>(
      `SELECT id, count(*) AS copies FROM events WHERE id LIKE 'score-%' GROUP BY id`,
    );
    expect(rows.map(({ id }) => id).sort()).toEqual([...taken].sort());
    expect(rows.filter(({ copies }) => copies !== '1')).toEqual([]);
    const exposed = Array.from(
      { length: number },
      (_, n) => client.assign('reply', `hard-${n + 1}`).variant,
    ).filter((variant) => variant !== null).length;
    expect(await count(`unit LIKE 'hard-%' AND type = 'exposure'`)).toBe(exposed);
    const { dropped, delivered } = client.stats();
    expect([dropped, delivered.rejected]).toEqual([{ exposures: 0, outcomes: 0 }, 0]);
  }, 120_000);

  it('holds no more memory after a million calls than after two hundred thousand, with the edge away', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const client = make({ queueSize: 2000, remembered: 10_000 });
    await client.ready();
    front.cut();
    const heapAfter = (from: number, to: number): number => {
      for (let n = from; n < to; n += 1) client.assign('reply', `many-${n}`, { plan: 'pro' });
      collect();
      return process.memoryUsage().heapUsed;
    };
    const early = heapAfter(0, 200_000);
    const late = heapAfter(200_000, 1_000_000);
    expect((late - early) / 1024 / 1024).toBeLessThan(4);
    const { waiting, dropped, remembered } = client.stats();
    expect(waiting.exposures).toBe(2000);
    expect(remembered).toBe(2000);
    expect(dropped.exposures).toBeGreaterThan(500_000);
  }, 120_000);
});
