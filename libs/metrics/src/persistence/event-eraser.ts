import type { Database } from '@app/database';
import { erasedDigest } from './erased-identifiers.js';
import * as sql from './erasure.sql.js';

const DAY_MS = 86_400_000;

/** A unit to be forgotten; an empty type stands for every type. */
export interface ErasedUnit {
  readonly environment: string;
  readonly unit: string;
  readonly unitType: string;
}

export interface ErasedEvents {
  readonly events: number;
  /** Outcomes that knew only an inference of the unit. */
  readonly inferenceEvents: number;
  /** Events about other units too, which lost their comment and attributes. */
  readonly scrubbedEvents: number;
  /** Inferences of this unit alone. */
  readonly inferences: readonly string[];
}

/** What waits to be counted. */
interface Waiting {
  readonly environment: string;
  readonly unit: string;
  readonly inference_id: string | null;
}

interface Named {
  readonly environment: string;
  readonly kind: 'unit' | 'inference';
  readonly name: string;
  readonly secret: string;
}

/** Removes events of erased units: all at their erasure, and what arrives late whenever it does. */
export class EventEraser {
  constructor(private readonly database: Pick<Database, 'query'>) {}

  /**
   * Removes a unit's events and what hangs on them. In a transaction that holds the unit's shard.
   *
   * @param until only events up to then; null: all that are stored
   * @param remembered how far late ones are removed from now on
   */
  async erase(
    target: ErasedUnit,
    secret: string,
    { until, remembered }: { until: Date | null; remembered: Date },
  ): Promise<ErasedEvents> {
    const { environment, unit, unitType } = target;
    const gone = await this.database.query<{ id: string; at: Date; inference_id: string | null }>(
      sql.ERASE_EVENTS,
      [environment, unit, unitType, until],
    );
    const inferences = await this.ownInferences(environment, gone);
    await this.remember(
      environment,
      inferences.map((name) => erasedDigest(secret, 'inference', name)),
      remembered,
    );
    const lone = await this.eraseInferences(environment, inferences);
    const scrubbedEvents = await this.scrub(environment, gone);
    await this.forget(
      environment,
      gone.map(({ id }) => id),
    );
    return { events: gone.length, inferenceEvents: lone, scrubbedEvents, inferences };
  }

  /** From now on, events up to then of this name are removed when they arrive. */
  async remember(environment: string, digests: readonly Buffer[], until: Date, unitType = ''): Promise<void> {
    if (digests.length === 0) return;
    await this.database.query(sql.REMEMBER_ERASED, [environment, digests, unitType, until]);
  }

  /** Removes what came in late about erased units, before it is counted. In a transaction that holds their shards. */
  async removeLate(waiting: readonly Waiting[]): Promise<void> {
    const secrets = await this.secrets();
    if (secrets.size === 0) return;
    const named = waiting.flatMap(({ environment, unit, inference_id }): Named[] => {
      const secret = secrets.get(environment);
      if (secret === undefined) return [];
      return [
        unit === ''
          ? { environment, secret, kind: 'inference', name: inference_id ?? '' }
          : { environment, secret, kind: 'unit', name: unit },
      ];
    });
    const found = await this.database.query<{ place: number; unit_type: string; until: Date }>(
      sql.FIND_ERASED,
      [
        named.map(({ environment }) => environment),
        named.map(({ secret, kind, name }) => erasedDigest(secret, kind, name)),
      ],
    );
    for (const { place, unit_type: unitType, until } of found) {
      const { environment, kind, name, secret } = named[place - 1]!;
      if (kind === 'inference') await this.eraseInferences(environment, [name]);
      else await this.erase({ environment, unit: name, unitType }, secret, { until, remembered: until });
    }
  }

  private async secrets(): Promise<Map<string, string>> {
    const rows = await this.database.query<{ environment: string; value: string }>(sql.ERASURE_SECRETS);
    return new Map(rows.map(({ environment, value }) => [environment, value]));
  }

  private async ownInferences(
    environment: string,
    gone: ReadonlyArray<{ inference_id: string | null }>,
  ): Promise<string[]> {
    const all = new Set(gone.map(({ inference_id }) => inference_id).filter((id) => id !== null));
    if (all.size === 0) return [];
    const shared = await this.database.query<{ inference_id: string }>(sql.SHARED_INFERENCES, [
      environment,
      [...all],
    ]);
    for (const { inference_id } of shared) all.delete(inference_id);
    return [...all];
  }

  private async eraseInferences(environment: string, inferences: readonly string[]): Promise<number> {
    if (inferences.length === 0) return 0;
    const gone = await this.database.query<{ id: string }>(sql.ERASE_INFERENCE_EVENTS, [
      environment,
      inferences,
    ]);
    await this.forget(
      environment,
      gone.map(({ id }) => id),
    );
    return gone.length;
  }

  private async scrub(environment: string, gone: ReadonlyArray<{ id: string; at: Date }>): Promise<number> {
    const byDay = new Map<number, string[]>();
    for (const { id, at } of gone) {
      const day = Math.floor(at.getTime() / DAY_MS) * DAY_MS;
      const ids = byDay.get(day);
      if (ids) ids.push(id);
      else byDay.set(day, [id]);
    }
    let scrubbed = 0;
    for (const [day, ids] of byDay) {
      const rows = await this.database.query(sql.SCRUB_SISTERS, [
        environment,
        ids,
        new Date(day),
        new Date(day + DAY_MS),
      ]);
      scrubbed += rows.length;
    }
    return scrubbed;
  }

  private async forget(environment: string, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.database.query(sql.FORGET_DIGESTS, [environment, ids]);
  }
}
