import type { Actor } from '@app/governance';
import { DomainError } from '@app/kernel';
import type { Random } from '@app/simulation';
import { readEvidence } from '../domain/read-evidence.js';
import type { Rollout } from '../domain/rollout.js';
import { isFinal } from '../domain/rollout-lifecycle.js';
import { type Action, arrivalsOf, DAWN, type Life } from './life.js';
import type { Acknowledged, LifeLog, Observed } from './life-log.js';
import type { RampHost } from './ramp-host.js';
import { SimulatedTraffic } from './simulated-traffic.js';
import { Struck } from './statements.js';

const ADA: Actor = { name: 'Ada', role: 'editor', kind: 'human', environment: null };
const MS = 1000;
/** Requests mirrored between two looks, at most: each is paid for twice. */
const MIRRORED = 500;
const DAY_MS = 86_400_000;

/** A life as it was lived. */
export interface Lived {
  readonly life: Life;
  readonly log: LifeLog;
  readonly observed: Observed;
  /** The statements before the strike; null when none struck. */
  readonly struckAt: string | null;
}

/** Refusals that people meet in the ordinary course of things. */
const ORDINARY = [
  'ROLLOUT_TRANSITION_REFUSED',
  'ROLLOUT_ADVANCE_REFUSED',
  'APPROVAL_NOT_NEEDED',
  'PROMOTE_NOT_PROVEN',
];

/** Lives a life: begins a rollout, lets time pass look by look, and does to it what the fault says. */
export async function playLife(host: RampHost, life: Life, key: string, random: Random): Promise<Lived> {
  return new Play(host, life, key, random).run();
}

class Play {
  private readonly traffic = new SimulatedTraffic();
  /** What the platform has counted; all of the traffic, unless the fault keeps some of it back. */
  private counted = this.traffic;
  private readonly acknowledged: Acknowledged[] = [];
  private readonly surprises: string[] = [];
  private lateLooks = 0;
  private heldAt: number | null = null;
  private worker = 0;
  private rollout!: Rollout;
  private at = DAWN;

  constructor(
    private readonly host: RampHost,
    private readonly life: Life,
    private readonly key: string,
    private readonly random: Random,
  ) {}

  async run(): Promise<Lived> {
    const { fault, looks, secondsPerLook } = this.life;
    if (fault.kind === 'crash' || fault.kind === 'refusal') this.host.statements.arm(fault);
    await this.begin();
    for (let look = 1; look <= looks; look += 1) {
      this.at = DAWN + look * secondsPerLook * MS;
      const over = isFinal(this.rollout.state.lifecycle);
      await this.arrive(look);
      if (fault.kind === 'another champion' && fault.look === look) await this.host.crownAnother();
      const refused = await this.look(look);
      this.rollout = await this.host.current(this.rollout.id);
      // One look beyond the end: nothing moves any more.
      if (over) break;
      this.watchHarm(refused);
      await this.follow(look);
    }
    this.host.statements.disarm();
    return {
      life: this.life,
      log: await this.host.log(this.rollout.id),
      observed: {
        lateLooks: this.lateLooks,
        acknowledged: this.acknowledged,
        surprises: this.surprises,
      },
      struckAt: this.host.statements.struckAt,
    };
  }

  private async begin(): Promise<void> {
    const { stages, freezeWindows } = this.life;
    const promote = (): Promise<Rollout> =>
      this.host.promotions.promote(
        this.key,
        { variant: 'b', reason: 'a simulated life', stages, freezeWindows },
        ADA,
      );
    this.host.clock.moveTo(new Date(DAWN));
    try {
      this.rollout = await promote();
    } catch (error) {
      if (!this.struck(error)) throw error;
      const begun = this.host.statements.struckAt!.endsWith('committed')
        ? await this.host.people.find(this.key)
        : null;
      this.rollout = begun ?? (await promote());
    }
  }

  private async arrive(look: number): Promise<void> {
    const served = await this.host.served();
    const mirrors = !isFinal(this.rollout.state.lifecycle) && this.rollout.state.share === 0;
    if (!served && !mirrors) return;
    const { fault } = this.life;
    const keptBack = 'looks' in fault && look >= fault.look && look < fault.look + fault.looks;
    const before = keptBack && fault.kind === 'counting behind' ? this.traffic.copy() : null;
    const arrivals = arrivalsOf(this.life, look);
    if (served) this.traffic.arrive(this.random, served, arrivals, new Date(this.at));
    else this.traffic.mirror(this.random, Math.min(arrivals.units, MIRRORED), arrivals, new Date(this.at));
    if (before) {
      before.waitingSince = this.at - this.life.secondsPerLook * MS;
      this.counted = before;
    } else if (!keptBack || fault.kind !== 'late evidence') {
      this.counted = this.traffic;
    } else if (this.counted === this.traffic) {
      this.counted = this.traffic.copy();
    }
    await this.host.reveal(this.rollout, this.counted);
  }

  /** The workers' look, as the fault has it; whether a refusal took it away. */
  private async look(look: number): Promise<boolean> {
    const { fault } = this.life;
    if (!('look' in fault) || fault.look !== look) return this.step();
    switch (fault.kind) {
      case 'replayed job':
        await this.step();
        return this.step();
      case 'two workers':
        await this.together(
          () => this.stepOf(0, this.at),
          () => this.stepOf(1, this.at),
        );
        return false;
      case 'person at once':
        // The person decides a second after the worker read its clock, whoever gets the lock first.
        await this.together(
          () => this.stepOf(0, this.at),
          () => this.act(fault.action, this.at + MS),
        );
        return false;
      case 'clock jump':
        await this.stepOf(1, this.at + fault.days * DAY_MS);
        return this.step();
      case 'person ahead':
        await this.act('hold', this.at + fault.days * DAY_MS);
        await this.act('resume', this.at + fault.days * DAY_MS);
        return this.step();
      default:
        return this.step();
    }
  }

  private async together(...actors: Array<() => Promise<unknown>>): Promise<void> {
    for (const end of await this.host.atOnce(this.random, actors)) {
      if (end.status === 'rejected') this.surprises.push(String(end.reason));
    }
  }

  private async step(): Promise<boolean> {
    try {
      await this.stepOf(this.worker, this.at);
      return false;
    } catch (error) {
      if (!this.struck(error)) {
        this.surprises.push(String(error));
        return false;
      }
      if (this.life.fault.kind === 'refusal') return true;
      this.worker = 1 - this.worker;
      await this.stepOf(this.worker, this.at);
      return false;
    }
  }

  private stepOf(worker: number, at: number): Promise<unknown> {
    return this.host.workers[worker as 0 | 1].step(this.rollout.id, new Date(at));
  }

  /** What people do in the ordinary course: they approve what waits for them and end their holds. */
  private async follow(look: number): Promise<void> {
    const { visit } = this.life;
    if (visit?.look === look) await this.act(visit.action, this.at + MS);
    this.rollout = await this.host.current(this.rollout.id);
    const { lifecycle } = this.rollout.state;
    if (lifecycle === 'held') {
      this.heldAt ??= look;
      if (look >= this.heldAt + 2) await this.act('resume', this.at + MS);
    } else if (!isFinal(lifecycle) && this.needsApproval() && this.random.uniform() < 0.5) {
      await this.act('approve', this.at + MS);
    }
    this.rollout = await this.host.current(this.rollout.id);
  }

  private needsApproval(): boolean {
    const { plan, state } = this.rollout;
    const target = state.stage + 1;
    const needed = plan.stages[target]?.requiresApproval ?? plan.promotionRequiresApproval;
    return needed && !state.approvals.some(({ stage }) => stage === target);
  }

  private async act(action: Action | 'resume', at: number): Promise<void> {
    this.host.clock.moveTo(new Date(at));
    const acted = (): Promise<unknown> => this.host.people[action](this.key, 'as simulated', ADA);
    const acknowledge = (): void => {
      this.acknowledged.push({ action, at: new Date(at).toISOString() });
    };
    try {
      await acted();
      acknowledge();
    } catch (error) {
      if (this.struck(error)) {
        // Who does not know whether it was done looks first.
        if (this.host.statements.struckAt!.endsWith('committed')) return acknowledge();
        return this.act(action, at);
      }
      if (!(error instanceof DomainError) || !ORDINARY.includes(error.code))
        this.surprises.push(String(error));
    }
  }

  /** Counts a look after which a challenger with proven harm is still served. */
  private watchHarm(refused: boolean): void {
    const { truth } = this.life;
    if (refused || (truth !== 'broken' && truth !== 'breaks later' && truth !== 'worse')) return;
    if (isFinal(this.rollout.state.lifecycle)) return;
    const { plan, state } = this.rollout;
    const known = this.counted.read(plan, new Date(this.at), true);
    if (readEvidence(plan, state, known).guardrails.some(({ harm }) => harm.harmed)) this.lateLooks += 1;
  }

  private struck(error: unknown): boolean {
    return error instanceof Struck || this.host.isStrike?.(error) === true;
  }
}
