import { type Actor, type AuditEntry, AuditLog, type AuditRow, type Page } from '@app/governance';
import { ManualClock } from '@app/kernel';
import { type Notice, Notifier } from '@app/notifications';
import type { RampEvidence } from '../domain/evidence.js';
import type { Rollout } from '../domain/rollout.js';
import { PromotionService } from '../promotion.service.js';
import { type PromotionCandidate, PromotionSource } from '../ports/promotion-source.js';
import { RolloutEffects } from '../ports/rollout-effects.js';
import { RolloutEvidence } from '../ports/rollout-evidence.js';
import { RolloutController } from '../rollout-controller.service.js';
import { RolloutMover } from '../rollout-mover.service.js';
import { RolloutService } from '../rollout.service.js';
import { MemoryRolloutStore } from '../simulation/memory-rollout.store.js';
import { EvidenceStream, type Rates } from './ramp-evidence.builder.js';
import { ERRORS, QUALITY, START } from './rollout.builder.js';

export const ADA: Actor = { name: 'Ada', role: 'editor', kind: 'human', environment: null };

/** Whatever happens next to be called may fail, once: the n-th call dies as a process would. */
export class Faults {
  private left = Infinity;

  /** The call after `calls` more ones fails. */
  after(calls: number): void {
    this.left = calls;
  }

  /** Whether the fault has happened. */
  get struck(): boolean {
    return this.left < 0;
  }

  pass(what: string): void {
    if (this.left === Infinity || this.left < 0) return;
    this.left -= 1;
    if (this.left < 0) throw new Error(`died at ${what}`);
  }
}

/** The tables around the rollouts, as lists; they go back when the transaction fails. */
export class FakeWorld extends RolloutEffects {
  champion = 'old@1';
  epochs: Array<{ share: number; reason: string }> = [];
  published: string[] = [];
  audited: AuditEntry[] = [];
  announced: Notice[] = [];
  closed = false;
  concluded: string | null = null;

  constructor(
    private readonly store: MemoryRolloutStore,
    private readonly faults: Faults,
  ) {
    super();
  }

  change(what: string, work: () => void): void {
    this.faults.pass(`before ${what}`);
    const { champion, epochs, published, audited, announced, closed, concluded } = this;
    this.store.onRollback(() =>
      Object.assign(this, { champion, epochs, published, audited, announced, closed, concluded }),
    );
    work();
    this.faults.pass(`after ${what}`);
  }

  async open(rollout: Rollout): Promise<void> {
    this.change('open', () => (this.epochs = [{ share: rollout.state.share, reason: 'first' }]));
  }

  async openEpoch(_rollout: Rollout, share: number, _at: Date, reason: string): Promise<number> {
    this.change('epoch', () => (this.epochs = [...this.epochs, { share, reason }]));
    return this.epochs.length;
  }

  async crown(rollout: Rollout): Promise<void> {
    this.change('champion', () => (this.champion = rollout.challengerId));
  }

  async close(): Promise<void> {
    this.change('close', () => (this.closed = true));
  }

  async publish(_environment: string, cause: string): Promise<void> {
    this.change('publish', () => (this.published = [...this.published, cause]));
  }
}

class FakeAudit extends AuditLog {
  constructor(private readonly world: FakeWorld) {
    super();
  }

  async record(entry: AuditEntry): Promise<void> {
    this.world.change('audit', () => (this.world.audited = [...this.world.audited, entry]));
  }

  async list(): Promise<Page<AuditRow>> {
    return { items: [], nextCursor: null };
  }
}

class FakeNotifier extends Notifier {
  constructor(private readonly world: FakeWorld) {
    super();
  }

  async announce(notice: Notice): Promise<void> {
    this.world.change('notice', () => (this.world.announced = [...this.world.announced, notice]));
  }
}

class FakeEvidence extends RolloutEvidence {
  constructor(
    private readonly stream: EvidenceStream,
    private readonly faults: Faults,
  ) {
    super();
  }

  async read(rollout: Rollout, asOf: Date): Promise<RampEvidence> {
    this.faults.pass('evidence');
    return this.stream.read(rollout.plan, asOf);
  }
}

class FakePromotions extends PromotionSource {
  constructor(
    private readonly world: FakeWorld,
    private readonly overrides: () => Partial<PromotionCandidate>,
  ) {
    super();
  }

  async candidate(experimentKey: string, variant: string): Promise<PromotionCandidate> {
    return {
      experimentId: 'e1',
      experimentKey,
      task: 'support-reply',
      environment: 'production',
      hashScheme: 'native-v1',
      template: 'quality-up',
      state: 'running',
      decision: null,
      plannedUnits: 5000,
      minDays: 7,
      metrics: [QUALITY, ERRORS],
      metricIds: ['m1', 'm2'],
      variant,
      challengerId: 'new@1',
      challengerShare: 0.05,
      trafficShare: 1,
      controlVariant: 'a',
      controlModelId: 'old@1',
      championId: this.world.champion,
      audienceLimited: false,
      look: {
        id: 'look-9',
        resultDigest: 'digest',
        at: new Date(Date.parse(START) - 3_600_000),
        verdict: 'SHIP',
        words: 'b is better.',
        controlMeans: {},
      },
      ...this.overrides(),
    };
  }

  async history() {
    return null;
  }

  async conclude(_candidate: PromotionCandidate, reason: string): Promise<void> {
    this.world.change('conclude', () => (this.world.concluded = reason));
  }
}

/** A store whose calls may fail before and after they took effect, like everything else of the world. */
class FaultyStore extends MemoryRolloutStore {
  constructor(private readonly faults: Faults) {
    super();
  }

  private async around<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.faults.pass(`before ${what}`);
    const result = await work();
    this.faults.pass(`after ${what}`);
    return result;
  }

  override insert(...given: Parameters<MemoryRolloutStore['insert']>): Promise<void> {
    return this.around('insert', () => super.insert(...given));
  }

  override lock(...given: Parameters<MemoryRolloutStore['lock']>): Promise<Rollout | null> {
    return this.around('lock', () => super.lock(...given));
  }

  override save(...given: Parameters<MemoryRolloutStore['save']>): Promise<Rollout> {
    return this.around('save', () => super.save(...given));
  }

  override appendReceipt(...given: Parameters<MemoryRolloutStore['appendReceipt']>): Promise<void> {
    return this.around('receipt', () => super.appendReceipt(...given));
  }
}

/** The real services over a world in memory: one rollout, its traffic, and faults on demand. */
export function rolloutWorld(rates: Rates) {
  const faults = new Faults();
  const store = new FaultyStore(faults);
  const world = new FakeWorld(store, faults);
  const clock = new ManualClock(new Date(START));
  const stream = new EvidenceStream(rates);
  const audit = new FakeAudit(world);
  const mover = new RolloutMover(store, world, audit, new FakeNotifier(world));
  const evidence = new FakeEvidence(stream, faults);
  const candidate: { overrides: Partial<PromotionCandidate> } = { overrides: {} };
  const source = new FakePromotions(world, () => candidate.overrides);
  return {
    faults,
    store,
    world,
    clock,
    stream,
    candidate,
    rollouts: new RolloutService(store, evidence, mover, clock),
    promotions: new PromotionService(store, source, world, mover, clock),
    controller: new RolloutController(store, evidence, mover),
  };
}

export type RolloutWorld = ReturnType<typeof rolloutWorld>;
