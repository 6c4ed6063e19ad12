import type { Random } from '@app/simulation';
import { readEvidence } from '../domain/read-evidence.js';
import type { Rollout } from '../domain/rollout.js';
import { isFinal } from '../domain/rollout-lifecycle.js';
import { arrivalsOf, DAWN, type Life } from './life.js';
import type { LifeLog, Observed } from './life-log.js';
import { isStrike, type RampHost, type Script } from './ramp-host.js';
import { SimulatedPeople } from './simulated-people.js';
import { SimulatedTraffic } from './simulated-traffic.js';

const MS = 1000;
/** Requests mirrored between two looks, at most: each is paid for twice. */
const MIRRORED = 500;
const DAY_MS = 86_400_000;
/** After so long no attempt of a notice is left. */
const DELIVERY_DAYS = 10;

/** A life as it was lived. */
export interface Lived {
  readonly life: Life;
  readonly log: LifeLog;
  readonly observed: Observed;
  /** The statements before the strike; null when none struck. */
  readonly struckAt: string | null;
}

/** Lives a life: begins a rollout, lets time pass look by look, and does to it what the fault says. */
export async function playLife(host: RampHost, script: Script, random: Random): Promise<Lived> {
  return new Play(host, script, random).run();
}

class Play {
  private readonly life: Life;
  private readonly people: SimulatedPeople;
  private readonly traffic = new SimulatedTraffic();
  /** What the platform has counted; all of the traffic, unless the fault keeps some of it back. */
  private counted = this.traffic;
  private readonly surprises: string[] = [];
  private lateLooks = 0;
  private heldAt: number | null = null;
  private worker = 0;
  private rollout!: Rollout;
  private at = DAWN;

  constructor(
    private readonly host: RampHost,
    private readonly script: Script,
    private readonly random: Random,
  ) {
    this.life = script.life;
    this.people = new SimulatedPeople(host, script, this.surprises);
  }

  async run(): Promise<Lived> {
    const { fault, looks, secondsPerLook } = this.life;
    if (this.script.aim) this.host.statements.arm(this.script.aim);
    this.rollout = await this.people.promote(this.script.key, DAWN);
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
      await this.deliver(this.at + 2 * MS);
    }
    await this.deliverAll();
    const log = await this.host.log(this.rollout.id);
    if (this.life.again) await this.people.promoteAgain(this.rollout, this.at + 3 * MS);
    this.host.statements.disarm();
    return {
      life: this.life,
      log,
      observed: {
        lateLooks: this.lateLooks,
        acknowledged: this.people.acknowledged,
        surprises: this.surprises,
      },
      struckAt: this.host.statements.struckAt,
    };
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
        return this.together(
          () => this.stepOf(0, this.at),
          () => this.stepOf(1, this.at),
        );
      case 'person at once':
        // The person decides a second after the worker read its clock, whoever gets the lock first.
        return this.together(
          () => this.stepOf(0, this.at),
          () => this.people.act(fault.action, this.at + MS),
        );
      case 'clock jump':
        await this.step(1, this.at + fault.days * DAY_MS);
        return this.step();
      case 'person ahead':
        await this.people.act('hold', this.at + fault.days * DAY_MS);
        await this.people.act('resume', this.at + fault.days * DAY_MS);
        return this.step();
      default:
        return this.step();
    }
  }

  private async together(...actors: Array<() => Promise<unknown>>): Promise<boolean> {
    const ends = await this.host.atOnce(this.random, actors);
    const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    for (const error of errors) if (!isStrike(this.host, error)) this.surprises.push(String(error));
    return errors.some((error) => isStrike(this.host, error)) ? this.step() : false;
  }

  private async step(worker = this.worker, at = this.at): Promise<boolean> {
    try {
      await this.stepOf(worker, at);
      return false;
    } catch (error) {
      if (!isStrike(this.host, error)) {
        this.surprises.push(String(error));
        return false;
      }
      if (this.life.fault.kind === 'refusal') return true;
      this.worker = 1 - worker;
      await this.stepOf(this.worker, at);
      return false;
    }
  }

  private stepOf(worker: number, at: number): Promise<unknown> {
    const { statements, workers } = this.host;
    return statements.doing('look', () => workers[worker as 0 | 1].step(this.rollout.id, new Date(at)));
  }

  /** What people do in the ordinary course: they approve what waits for them and end their holds. */
  private async follow(look: number): Promise<void> {
    const { visit } = this.life;
    if (visit?.look === look) await this.people.errand(visit.action, this.rollout, this.at + MS);
    if (visit?.action === 'switch off' && look === visit.look + 2)
      await this.people.switchTask(true, this.at + MS);
    this.rollout = await this.host.current(this.rollout.id);
    const { lifecycle } = this.rollout.state;
    if (lifecycle === 'held') {
      this.heldAt ??= look;
      if (look >= this.heldAt + 2) await this.people.act('resume', this.at + MS);
    } else if (!isFinal(lifecycle) && this.needsApproval() && this.random.uniform() < 0.5) {
      await this.people.act('approve', this.at + MS);
    } else if (!isFinal(lifecycle) && this.byPeople && this.random.uniform() < 0.4) {
      await this.people.act('advance', this.at + MS);
    }
    this.rollout = await this.host.current(this.rollout.id);
  }

  /** Whether nothing moves up but by people. */
  private get byPeople(): boolean {
    return this.life.dryRun || this.life.template === 'emergency';
  }

  /** A round that dies is made up for by a later one. */
  private async deliver(at: number): Promise<boolean> {
    try {
      return await this.host.statements.doing('deliver', () => this.host.deliver(new Date(at)));
    } catch (error) {
      if (!isStrike(this.host, error)) this.surprises.push(String(error));
      return true;
    }
  }

  private async deliverAll(): Promise<void> {
    for (let day = 1; day <= DELIVERY_DAYS; day += 1)
      if (!(await this.deliver(this.at + day * DAY_MS))) return;
  }

  private needsApproval(): boolean {
    const { plan, state } = this.rollout;
    const target = state.stage + 1;
    const needed = plan.stages[target]?.requiresApproval ?? plan.promotionRequiresApproval;
    return needed && !state.approvals.some(({ stage }) => stage === target);
  }

  /** Counts a look after which a challenger with proven harm is still served. */
  private watchHarm(refused: boolean): void {
    const { truth } = this.life;
    // A dry run leaves also that to people.
    if (refused || this.life.dryRun || truth === 'better' || truth === 'same') return;
    if (isFinal(this.rollout.state.lifecycle)) return;
    const { plan, state } = this.rollout;
    const known = this.counted.read(plan, new Date(this.at), true);
    if (readEvidence(plan, state, known).guardrails.some(({ harm }) => harm.harmed)) this.lateLooks += 1;
  }
}
