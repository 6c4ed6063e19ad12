import { deepStrictEqual as same, equal, ok } from 'node:assert/strict';
import path from 'node:path';
import { ApiClient } from '../../../client/api-client.js';
import { projectRoot } from '../../../start/project-root.js';
import { type Stack, startStack } from '../../../start/stack.js';
import { Peers } from '../../peers.js';
import type { Suite } from '../../suite.js';
import { until } from '../../until.js';
import { UnleashServer } from './unleash-server.js';

const TASK = 'reply';
const KILL = `contender.production.${TASK}.kill`;
const GATE = `contender.production.${TASK}.gate`;
const MIRROR = `contender.production.${TASK}.rollout`;
/** A restarted worker or a server that was away is noticed within this, on a busy machine. */
const PATIENCE_SECONDS = 60;

/** A private instance that is told of a real Unleash server, which comes and goes. */
export const upstreamUnleashSuite: Suite = {
  name: 'upstream-unleash',
  says: 'unleash-server 7.5.1 as the upstream: kill switches, gates, rollouts shown there, and its being away',
  async run(report, context) {
    const folder = path.join(projectRoot(), 'test', 'upstream-unleash');
    await new Peers(folder).install(context.say);
    const server = await UnleashServer.at(folder);
    context.say('Starting an instance that follows an Unleash server, and the server…');
    const stack = await startStack({ environment: { ...bareEnvironment(), ...server.environment } });
    try {
      const world = await World.of(stack);
      await report.check('before the server was ever there: answers are as ever', async () =>
        equal(await world.isClosed(), false),
      );
      await server.start(stack.databaseUrl);

      await report.check('a kill switch that is on closes the task, and off opens it', async () => {
        await server.createFlag(KILL);
        const began = performance.now();
        await server.turn(KILL, true);
        await world.comesTo('closed');
        report.note(`a kill switch turned on at the server reached the edge after ${since(began)}`);
        same(await world.closedGates(), [KILL]);
        const again = performance.now();
        await server.turn(KILL, false);
        await world.comesTo('open');
        report.note(`turned off again, after ${since(again)}`);
      });
      await report.check('a gate that is off closes the task, and on opens it', async () => {
        await server.createFlag(GATE);
        await world.comesTo('closed');
        await server.turn(GATE, true);
        await world.comesTo('open');
      });
      await report.check(
        'a switch of the whole environment spares the tasks its constraint names',
        async () => {
          const spared = { contextName: 'task', operator: 'NOT_IN', values: [TASK] };
          await server.createFlag('contender.production.kill', [spared]);
          await server.turn('contender.production.kill', true);
          await until(
            () => world.closedGates('other'),
            (gates) => gates.includes('contender.production.kill'),
          );
          equal(await world.isClosed(), false);
          await server.turn('contender.production.kill', false);
          await until(
            () => world.closedGates('other'),
            (gates) => gates.length === 0,
          );
        },
      );

      await report.check('a rollout is shown by a flag of its own', async () => {
        await world.promote();
        await until(
          () => server.shown(MIRROR),
          (shown) => shown !== null && shown.on && shown.percents.join() === '1',
        );
      });
      await report.check(
        'the server dies: what it last closed stays closed, through restarts of ours',
        async () => {
          await server.turn(KILL, true);
          await world.comesTo('closed');
          await server.kill();
          for (const name of ['worker', 'edge', 'control']) stack.kill(name, 'SIGKILL');
          await stack.ready();
          // Long enough for a worker that took silence for an answer to have opened it.
          for (let second = 0; second < 8; second += 1) {
            equal(await world.isClosed(), true);
            await new Promise((resolve) => setTimeout(resolve, 1000));
          }
        },
      );
      await report.check('and a rollout is moved without waiting for it', () => world.rollBack());
      await report.check(
        'the server is back: its flags are followed, and the rollout is shown as it is now',
        async () => {
          await server.start(stack.databaseUrl);
          await server.turn(KILL, false);
          await world.comesTo('open', PATIENCE_SECONDS);
          await until(
            () => server.shown(MIRROR),
            (shown) => shown?.percents.join() === '0',
            PATIENCE_SECONDS,
          );
        },
      );
      await report.check('who turns the flag of a rollout off keeps it off', async () => {
        await server.turn(MIRROR, false);
        await world.promote('second');
        const shown = await until(
          () => server.shown(MIRROR),
          (now) => now?.percents.join() === '1',
          PATIENCE_SECONDS,
        );
        ok(shown && !shown.on);
      });
    } finally {
      await server.kill();
      await stack.stop();
    }
  },
};

/** An experiment on half of the units of a task, and what the edge and the control plane say of it. */
class World {
  private constructor(
    private readonly control: ApiClient,
    private readonly edge: ApiClient,
  ) {}

  static async of(stack: Stack): Promise<World> {
    const control = new ApiClient(stack.controlUrl, stack.adminKey);
    const { key } = await control.post<{ key: string }>('/api/v1/api-keys', {
      name: 'a service',
      environment: 'production',
      role: 'service',
    });
    for (const model of ['small', 'large', 'larger']) {
      await control.post('/api/v1/models', { key: model, provider: 'openai', name: model });
    }
    for (const task of [TASK, 'other']) {
      await control.post('/api/v1/tasks', { key: task, unitType: 'user' });
      await control.put(`/api/v1/tasks/${task}/champion`, { environment: 'production', model: 'small' });
    }
    await control.post('/api/v1/metrics', {
      key: 'quality',
      kind: 'mean',
      direction: 'increase',
      bounds: [0, 1],
    });
    const world = new World(control, new ApiClient(stack.edgeUrl, key));
    await world.experiment('first', 'large');
    await world.comesTo('open', PATIENCE_SECONDS);
    return world;
  }

  async isClosed(): Promise<boolean> {
    const { assignments } = await this.edge.post<{ assignments: Array<{ reason: string }> }>(
      '/api/v1/assignments',
      { unit: 'ada', tasks: [TASK], expose: false },
    );
    return assignments[0]!.reason === 'DISABLED';
  }

  async comesTo(state: 'open' | 'closed', seconds?: number): Promise<void> {
    await until(
      () => this.isClosed(),
      (closed) => closed === (state === 'closed'),
      seconds,
    );
  }

  async closedGates(task = TASK): Promise<string[]> {
    const { environments } = await this.control.get<{ environments: Array<{ closedGates: string[] }> }>(
      `/api/v1/tasks/${task}`,
    );
    return environments[0]!.closedGates;
  }

  async promote(key = 'first'): Promise<void> {
    // Another model than the one that was rolled back, which has to cool down.
    if (key !== 'first') await this.experiment(key, 'larger');
    await this.control.post(`/api/v1/experiments/${key}/promote`, {
      variant: 'challenger',
      reason: 'To see it shown at the server',
    });
  }

  async rollBack(): Promise<void> {
    await this.control.post('/api/v1/rollouts/first/rollback', { reason: 'Enough seen' });
  }

  private async experiment(key: string, model: string): Promise<void> {
    await this.control.post('/api/v1/experiments', {
      key,
      task: TASK,
      environment: 'production',
      hypothesis: 'The larger model answers better',
      variants: [
        { key: 'small', model: 'small', weight: 1, control: true },
        { key: 'challenger', model, weight: 1, control: false },
      ],
      metrics: [{ metric: 'quality', role: 'success', mde: { value: 0.05, type: 'relative' } }],
      plan: { plannedUnits: 1000 },
    });
    await this.control.post(`/api/v1/experiments/${key}/start`);
  }
}

/** This process's own environment, less what configures an instance of this machine. */
function bareEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(CONTENDER_|UNLEASH_|DATABASE_URL$)/.test(name)),
  );
}

const since = (began: number): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
