import { anExposure, anOutcome, type NewEvent } from '@app/events';
import { MeasuredWorld, type WorldMetric } from './measured-world.js';

export const SUBJECT = '00000000-0000-7000-8000-000000000001';
export const OTHER = '00000000-0000-7000-8000-000000000002';
export const OPENED = new Date('2026-01-05T00:00:00Z');
export const NOW = new Date('2026-01-20T00:00:00Z');

/** A time of 5 January 2026. */
export const at = (time: string): Date => new Date(`2026-01-05T${time}Z`);

/** A unit's name as events have it. */
export const of = (unit: string) => ({ units: [{ unitType: 'user', unit }] });

/** An empty, migrated database. */
interface OwnDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** One experiment over a database of the spec's own: events that name it, and what they were counted as. */
export class CountedSubject {
  world!: MeasuredWorld;
  private database!: OwnDatabase;
  private serial = 0;

  /** With a database for all tests of the spec that is empty before each. */
  static forEach(create: () => Promise<OwnDatabase>): CountedSubject {
    const subject = new CountedSubject();
    beforeAll(async () => {
      subject.database = await create();
      subject.world = await MeasuredWorld.open(subject.database.url);
    });
    afterAll(async () => {
      await subject.world.close();
      await subject.database.drop();
    });
    beforeEach(() => subject.world.clear());
    return subject;
  }

  readonly opened = (metrics: WorldMetric[] = [{ key: 'quality' }], over = {}): Promise<void> =>
    this.world.openSubject({ id: SUBJECT, key: 'tone', metrics, openedAt: OPENED, ...over });

  readonly exposure = (over: Partial<NewEvent> = {}): NewEvent =>
    anExposure({ id: `x-${(this.serial += 1)}`, subjectId: SUBJECT, at: at('10:00:00'), ...over });

  readonly outcome = (over: Partial<NewEvent> = {}): NewEvent =>
    anOutcome({ id: `o-${(this.serial += 1)}`, at: at('11:00:00'), ...over });

  readonly count = async (...events: NewEvent[]): Promise<void> => {
    await this.world.append(events);
    await this.world.drain(NOW);
  };

  readonly units = async (): Promise<Array<Record<string, unknown>>> =>
    (await this.world.pool.query('SELECT * FROM unit_exposures ORDER BY unit')).rows;

  readonly values = async (key = 'quality'): Promise<Record<string, number>> => {
    const { rows } = await this.world.pool.query<{ unit: string; value: number }>(
      'SELECT unit, value FROM unit_metrics WHERE metric_id = $1 ORDER BY unit',
      [this.world.metricId(key)],
    );
    return Object.fromEntries(rows.map(({ unit, value }) => [unit, value]));
  };
}
