import { type Database, DatabaseClock } from '@app/database';
import { Clock } from '@app/kernel';
import { EventRetention, type RetentionRun } from '@app/metrics';
import { WorkerConfig } from '../config.js';
import { RetentionRound } from './retention-round.js';

const NOTHING: RetentionRun = { floor: null, droppedDays: [], droppedKeys: 0, frozen: [], heldBackBy: null };

class SetClock extends Clock {
  constructor(public time: Date) {
    super();
  }
  override now(): Date {
    return this.time;
  }
}

/** Answers what it is told to, and remembers when it was asked. */
class ToldRetention extends EventRetention {
  readonly asked: Array<[string, number]> = [];
  answers: Array<RetentionRun | null> = [];
  override run(now: Date, keepDays: number): Promise<RetentionRun | null> {
    this.asked.push([now.toISOString(), keepDays]);
    return Promise.resolve(this.answers.length > 0 ? this.answers.shift()! : NOTHING);
  }
}

describe('the retention round', () => {
  let retention: ToldRetention;
  let clock: SetClock;
  let said: jest.SpyInstance;
  const config = Object.assign(new WorkerConfig(), { CONTENDER_EVENT_RETENTION_DAYS: 30 });

  beforeEach(() => {
    retention = new ToldRetention();
    clock = new SetClock(new Date('2026-06-10T15:00:00Z'));
    said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => said.mockRestore());

  it('runs once a minute with the days that are kept, and again soon when it had to wait', async () => {
    const round = new RetentionRound(clock, retention, config);
    retention.answers = [null, NOTHING];
    await round.run();
    await round.run();
    await round.run();
    clock.time = new Date('2026-06-10T15:00:59.999Z');
    await round.run();
    clock.time = new Date('2026-06-10T15:01:00Z');
    await round.run();
    expect(retention.asked).toEqual([
      ['2026-06-10T15:00:00.000Z', 30],
      ['2026-06-10T15:00:00.000Z', 30],
      ['2026-06-10T15:01:00.000Z', 30],
    ]);
  });

  it('drops nothing before virtual time was moved, for it may go back, nor while it is held', async () => {
    const row = { now: clock.time, held: false, requested: '0', settled: '0' };
    const database = { query: () => Promise.resolve([row]) } as unknown as Database;
    const round = new RetentionRound(new DatabaseClock(database), retention, config);
    await round.run();
    Object.assign(row, { requested: '1', held: true });
    await round.run();
    expect(retention.asked).toEqual([]);
    Object.assign(row, { held: false });
    await round.run();
    expect(retention.asked).toHaveLength(1);
  });

  it('says what went, and once what is kept for whom', async () => {
    const round = new RetentionRound(clock, retention, config);
    const held = { ...NOTHING, heldBackBy: 'experiment tone' };
    retention.answers = [
      held,
      held,
      { ...NOTHING, droppedDays: ['2026-05-01', '2026-05-02'], droppedKeys: 7, frozen: ['rollout r'] },
    ];
    for (let minute = 0; minute < 3; minute += 1) {
      clock.time = new Date(clock.time.getTime() + 60_000);
      await round.run();
    }
    expect(said.mock.calls.map(([line]) => line as string)).toEqual([
      'worker: days old enough to be dropped are kept for experiment tone',
      'worker: dropped 2 days of events, 2026-05-01 to 2026-05-02, and 7 keys',
      'worker: the statistics of rollout r stand as they are now',
    ]);
  });
});
