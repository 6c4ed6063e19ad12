import { type Actor, type AuditEntry, AuditLog, type AuditRow, type Page } from '@app/governance';
import { ManualClock } from '@app/kernel';
import { type Notice, Notifier } from '@app/notifications';
import type { Random } from '@app/simulation';
import type { RampEvidence } from '../domain/evidence.js';
import type { Receipt } from '../domain/receipt.js';
import type { Rollout } from '../domain/rollout.js';
import { type PromotionCandidate, PromotionSource } from '../ports/promotion-source.js';
import { RolloutEffects } from '../ports/rollout-effects.js';
import { RolloutEvidence } from '../ports/rollout-evidence.js';
import { PromotionService } from '../promotion.service.js';
import { RolloutController } from '../rollout-controller.service.js';
import { RolloutMover } from '../rollout-mover.service.js';
import { RolloutService } from '../rollout.service.js';
import { DAWN, type Life } from './life.js';
import type { LifeLog } from './life-log.js';
import { MemoryRolloutStore } from './memory-rollout.store.js';
import { candidateOf, type RampHost } from './ramp-host.js';
import type { Lives } from './simulate-lives.js';
import { SimulatedTraffic } from './simulated-traffic.js';
import { Statements } from './statements.js';

export const SIMULATED_TASK = 'support-reply';
const CAST = { championId: 'old@1', challengerId: 'new@1', metricIds: ['m1', 'm2'] };

/** The store with every statement in view. */
class SimulatedStore extends MemoryRolloutStore {
  constructor(private readonly statements: Statements) {
    super();
  }

  override transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.statements.begun) return work();
    return this.statements.begin(async () => {
      const result = await super.transaction(async () => {
        const done = await work();
        await this.statements.pass('commit');
        return done;
      });
      // Whoever dies here does not know that it is done.
      await this.statements.pass('committed');
      return result;
    });
  }

  override async insert(rollout: Rollout): Promise<void> {
    await this.statements.pass('insert');
    return super.insert(rollout);
  }

  override async lock(id: string): Promise<Rollout | null> {
    await this.statements.pass('lock');
    return super.lock(id);
  }

  override async byKey(key: string): Promise<Rollout | null> {
    await this.statements.pass('find');
    return super.byKey(key);
  }

  override async save(rollout: Rollout): Promise<Rollout> {
    await this.statements.pass('save');
    return super.save(rollout);
  }

  override async lastReceipt(id: string): Promise<Receipt | null> {
    await this.statements.pass('last receipt');
    return super.lastReceipt(id);
  }

  override async appendReceipt(receipt: Receipt): Promise<void> {
    await this.statements.pass('receipt');
    return super.appendReceipt(receipt);
  }
}

/** Everything around the store: what is committed is written to the log, in order. */
class SimulatedWorld extends RolloutEffects {
  readonly epochs: Array<{ number: number; share: number }> = [];
  readonly published: Array<{ share: number; epoch: number }> = [];
  readonly audited: string[] = [];
  readonly announced: Array<{ type: string; receipt: number }> = [];
  championId = CAST.championId;
  enabled = true;

  constructor(
    private readonly store: SimulatedStore,
    private readonly statements: Statements,
  ) {
    super();
  }

  private async change(statement: string, effect: () => void): Promise<void> {
    await this.statements.pass(statement);
    this.store.onCommit(effect);
  }

  open(rollout: Rollout): Promise<void> {
    return this.change('open', () => this.epochs.push({ number: 1, share: rollout.state.share }));
  }

  async openEpoch(_rollout: Rollout, share: number): Promise<number> {
    const number = this.epochs.length + 1;
    await this.change('epoch', () => this.epochs.push({ number, share }));
    return number;
  }

  crown(rollout: Rollout): Promise<void> {
    return this.change('champion', () => (this.championId = rollout.challengerId));
  }

  close(): Promise<void> {
    return this.change('close', () => undefined);
  }

  /** As the real one, it publishes what is in the store, own writes included. */
  async publish(environment: string): Promise<void> {
    await this.statements.pass('publish');
    const active = await this.store.active(SIMULATED_TASK, environment);
    this.store.onCommit(() =>
      this.published.push({
        share: active ? active.state.share : this.championId === CAST.challengerId ? 1 : 0,
        epoch: active?.state.stageEpoch ?? 0,
      }),
    );
  }

  switchTask(enabled: boolean): Promise<void> {
    return this.store.transaction(async () => {
      await this.change('switch', () => (this.enabled = enabled));
      await this.publish('production');
    });
  }

  record(entry: AuditEntry): Promise<void> {
    return this.change('audit', () => this.audited.push(entry.action));
  }

  announce(notice: Notice): Promise<void> {
    return this.change('notice', () =>
      this.announced.push({ type: notice.type, receipt: notice.data.receipt as number }),
    );
  }
}

class SimulatedAudit extends AuditLog {
  constructor(private readonly world: SimulatedWorld) {
    super();
  }

  record(entry: AuditEntry): Promise<void> {
    return this.world.record(entry);
  }

  async list(): Promise<Page<AuditRow>> {
    return { items: [], nextCursor: null };
  }
}

class SimulatedNotifier extends Notifier {
  constructor(private readonly world: SimulatedWorld) {
    super();
  }

  announce(notice: Notice): Promise<void> {
    return this.world.announce(notice);
  }
}

class SimulatedEvidence extends RolloutEvidence {
  traffic = new SimulatedTraffic();

  constructor(
    private readonly world: SimulatedWorld,
    private readonly statements: Statements,
  ) {
    super();
  }

  async read(rollout: Rollout, asOf: Date): Promise<RampEvidence> {
    await this.statements.pass('evidence');
    return this.traffic.read(rollout.plan, asOf, this.world.championId === rollout.championId);
  }
}

class SimulatedPromotions extends PromotionSource {
  constructor(
    private readonly life: Life,
    private readonly statements: Statements,
  ) {
    super();
  }

  async candidate(experimentKey: string): Promise<PromotionCandidate> {
    return candidateOf(this.life, experimentKey, SIMULATED_TASK, CAST);
  }

  async history(): Promise<null> {
    return null;
  }

  async conclude(_candidate: PromotionCandidate, _reason: string, _actor: Actor): Promise<void> {
    await this.statements.pass('conclude');
  }
}

/** Lives in memory. */
export const IN_MEMORY: Lives = { longest: 16, host: memoryHost };

/** The real services in memory, for one life. */
export function memoryHost(life: Life): RampHost {
  const statements = new Statements();
  const store = new SimulatedStore(statements);
  const world = new SimulatedWorld(store, statements);
  const evidence = new SimulatedEvidence(world, statements);
  const mover = new RolloutMover(store, world, new SimulatedAudit(world), new SimulatedNotifier(world));
  const clock = new ManualClock(new Date(DAWN));
  const source = new SimulatedPromotions(life, statements);
  return {
    statements,
    workers: [new RolloutController(store, evidence, mover), new RolloutController(store, evidence, mover)],
    people: new RolloutService(store, evidence, mover, clock),
    promotions: new PromotionService(store, source, world, mover, clock),
    clock,
    atOnce: (random: Random, actors) => statements.atOnce(random, actors),
    reveal: async (_rollout, traffic) => {
      evidence.traffic = traffic;
    },
    served: async () => {
      const newest = world.published.at(-1);
      return world.enabled && newest && newest.epoch > 0 && newest.share > 0 ? newest : null;
    },
    current: async (id) => (await store.lock(id))!,
    switchTask: (enabled) => world.switchTask(enabled),
    // What is announced here is told to nobody.
    deliver: async () => false,
    crownAnother: async () => {
      world.championId = 'third@1';
    },
    log: async (id): Promise<LifeLog> => ({
      rollout: (await store.lock(id))!,
      receipts: (await store.receipts(id, { limit: 1_000 })).items,
      epochs: [...world.epochs],
      published: world.published.map(({ share }) => share),
      audited: [...world.audited],
      announced: [...world.announced],
      undelivered: 0,
      championId: world.championId,
    }),
  };
}
