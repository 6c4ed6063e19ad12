import type { RulesetModel } from '@app/bucketing';
import {
  ErrorCode,
  type EvaluationContext,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
  type TrackingEventDetails,
} from '@openfeature/server-sdk';
import { type ContenderClient, type ContenderOptions, createContender } from '../index.js';
import { detailsOf, failed, questionOf } from './evaluation.js';

const isClient = (given: ContenderClient | ContenderOptions): given is ContenderClient =>
  typeof (given as ContenderClient).assign === 'function';

/** `value` of a string flag, as the OFREP route answers it. */
const nameOf = ({ key, version }: RulesetModel): string => `${key}@${version}`;

const NO_OTHER_TYPES = 'a task has a model: ask for a string or an object';

/**
 * OpenFeature over a client: a flag is a task. As a string it is `model@version`, as an object the model with its
 * parameters; the details carry variant, reason and metadata as the edge's OFREP route does. The targeting key is the
 * unit; `units` in the context holds ids by unit type. Every evaluation is an exposure.
 */
export class ContenderProvider implements Provider {
  readonly metadata = { name: 'contender' } as const;
  readonly runsOn = 'server' as const;
  readonly events = new OpenFeatureEventEmitter();
  readonly client: ContenderClient;
  private readonly ownsClient: boolean;
  private stopListening: (() => void) | null = null;

  /** @param given a client, which its owner closes, or options for one that is closed with the provider */
  constructor(given: ContenderClient | ContenderOptions) {
    this.ownsClient = !isClient(given);
    this.client = isClient(given) ? given : createContender(given);
  }

  /** Rejects when there is no ruleset in time; `PROVIDER_READY` follows once there is. */
  async initialize(): Promise<void> {
    let hadRules = await this.client.ready();
    this.stopListening = this.client.listen((change) => {
      if (change === 'stale')
        this.events.emit(ProviderEvents.Stale, { message: 'the rules are unconfirmed' });
      else if (change === 'fresh' || !hadRules) this.events.emit(ProviderEvents.Ready);
      else this.events.emit(ProviderEvents.ConfigurationChanged, { message: 'there are new rules' });
      if (change === 'ruleset') hadRules = true;
    });
    if (!hadRules) throw new Error('no ruleset yet; the client keeps trying');
  }

  async onClose(): Promise<void> {
    this.stopListening?.();
    if (this.ownsClient) await this.client.close();
    else await this.client.flush();
  }

  async resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return detailsOf(this.assign(flagKey, context), defaultValue, nameOf);
  }

  async resolveObjectEvaluation<T extends JsonValue>(
    flagKey: string,
    defaultValue: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return detailsOf(this.assign(flagKey, context), defaultValue, (model) => ({ ...model }) as unknown as T);
  }

  async resolveBooleanEvaluation(
    _flagKey: string,
    defaultValue: boolean,
  ): Promise<ResolutionDetails<boolean>> {
    return failed(defaultValue, ErrorCode.TYPE_MISMATCH, NO_OTHER_TYPES);
  }

  async resolveNumberEvaluation(_flagKey: string, defaultValue: number): Promise<ResolutionDetails<number>> {
    return failed(defaultValue, ErrorCode.TYPE_MISMATCH, NO_OTHER_TYPES);
  }

  /**
   * An outcome: the event's name is its metric, `value` of the details its value. `task`, `inferenceId`, `evaluator` and
   * `comment` of the details go along.
   */
  track(
    trackingEventName: string,
    context: EvaluationContext = {},
    details: TrackingEventDetails = {},
  ): void {
    const { unit } = questionOf(context);
    const text = (name: string): object =>
      typeof details[name] === 'string' ? { [name]: details[name] } : {};
    this.client.outcome({
      metric: trackingEventName,
      ...(details.value !== undefined && { value: details.value }),
      ...(unit !== '' && { unit }),
      ...text('task'),
      ...text('inferenceId'),
      ...text('evaluator'),
      ...text('comment'),
    });
  }

  private assign(flagKey: string, context: EvaluationContext) {
    const { unit, attributes } = questionOf(context);
    return this.client.assign(flagKey, unit, attributes);
  }
}
