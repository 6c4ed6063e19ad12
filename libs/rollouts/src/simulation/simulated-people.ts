import type { Actor } from '@app/governance';
import { DomainError } from '@app/kernel';
import { receiptBody } from '../domain/receipt.js';
import type { Rollout } from '../domain/rollout.js';
import { isFinal } from '../domain/rollout-lifecycle.js';
import type { Action } from './fault.js';
import type { Errand } from './life.js';
import type { Acknowledged } from './life-log.js';
import { isStrike, type RampHost, type Script, wasCommitted } from './ramp-host.js';

const ADA: Actor = { name: 'Ada', role: 'editor', kind: 'human', environment: null };
const MS = 1000;

/** Refusals that people meet in the ordinary course of things. */
const ORDINARY = [
  'ROLLOUT_TRANSITION_REFUSED',
  'ROLLOUT_ADVANCE_REFUSED',
  'APPROVAL_NOT_NEEDED',
  'PROMOTE_NOT_PROVEN',
];

/** What people do in a life, and what they are answered. Who is cut off in the middle looks, and asks again. */
export class SimulatedPeople {
  /** Decisions that were answered with success. */
  readonly acknowledged: Acknowledged[] = [];

  /** @param surprises takes what nobody should be answered */
  constructor(
    private readonly host: RampHost,
    private readonly script: Script,
    private readonly surprises: string[],
  ) {}

  /** @param key of the rollout that comes of it */
  async promote(key: string, at: number): Promise<Rollout> {
    const { template, dryRun, stages, freezeWindows } = this.script.life;
    this.host.clock.moveTo(new Date(at));
    const request = { variant: 'b', reason: 'a simulated life', template, dryRun, stages, freezeWindows };
    const promote = (): Promise<Rollout> =>
      this.host.statements.doing('promote', () =>
        this.host.promotions.promote(this.script.key, request, ADA),
      );
    try {
      return await promote();
    } catch (error) {
      if (!isStrike(this.host, error)) throw error;
      const begun = wasCommitted(this.host) ? await this.host.people.find(key) : null;
      return begun ?? (await promote());
    }
  }

  /** Refused while a rollout runs and while its model cools down; begun once, under a name of its own, when it has. */
  async promoteAgain({ state, coolDownUntil }: Rollout, at: number): Promise<void> {
    const { lifecycle } = state;
    if (lifecycle === 'promoted') return;
    if (!isFinal(lifecycle)) return this.refusedPromotion('ROLLOUT_ALREADY_ACTIVE', at);
    // To the second: one before the end of the cool-down, and one after it.
    const cooled = coolDownUntil === null ? at : Date.parse(coolDownUntil);
    if (coolDownUntil !== null) await this.refusedPromotion('ROLLOUT_COOLING_DOWN', cooled - MS);
    const second = await this.promote(`${this.script.key}-2`, cooled + MS);
    const { items } = await this.host.people.receipts(`${this.script.key}-2`, { limit: 10 });
    const steps = items.map((receipt) => receiptBody(receipt).step).join();
    if (second.key !== `${this.script.key}-2` || steps !== 'CREATED')
      this.surprises.push(`promoted again as ${second.key}, with ${steps}`);
  }

  private async refusedPromotion(code: string, at: number): Promise<void> {
    const answer = await this.promote(this.script.key, at).then(
      ({ key }) => key,
      (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
    );
    if (answer !== code) this.surprises.push(`promoted again: ${answer}, not ${code}`);
  }

  async errand(errand: Errand, rollout: Rollout, at: number): Promise<void> {
    if (errand === 'switch off') return this.switchTask(false, at);
    if (errand !== 'promote') return this.act(errand, at);
    if (!isFinal(rollout.state.lifecycle)) await this.refusedPromotion('ROLLOUT_ALREADY_ACTIVE', at);
  }

  async switchTask(enabled: boolean, at: number): Promise<void> {
    this.host.clock.moveTo(new Date(at));
    const { statements } = this.host;
    const turn = (): Promise<void> => statements.doing('switch', () => this.host.switchTask(enabled));
    try {
      await turn();
    } catch (error) {
      if (!isStrike(this.host, error)) this.surprises.push(String(error));
      else if (!wasCommitted(this.host)) await turn();
    }
  }

  async act(action: Action | 'resume', at: number): Promise<void> {
    this.host.clock.moveTo(new Date(at));
    const { people, statements } = this.host;
    const acted = (): Promise<unknown> =>
      statements.doing(action, () => people[action](this.script.key, 'as simulated', ADA));
    const acknowledge = (): void => {
      this.acknowledged.push({ action, at: new Date(at).toISOString() });
    };
    try {
      await acted();
      acknowledge();
    } catch (error) {
      if (isStrike(this.host, error)) {
        // Who does not know whether it was done looks first.
        if (wasCommitted(this.host)) return acknowledge();
        return this.act(action, at);
      }
      if (!(error instanceof DomainError) || !ORDINARY.includes(error.code))
        this.surprises.push(String(error));
    }
  }
}
