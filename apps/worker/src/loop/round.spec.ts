import type { Database } from '@app/database';
import { ManualClock } from '@app/kernel';
import type { Aggregator } from '@app/metrics';
import type { DueJob, JobRunner } from '../jobs/job-runner.js';
import { Round } from './round.js';

function aRound(failure: Error) {
  const ran: string[] = [];
  const job: DueJob = { kind: 'rollout', subjectId: 'r', requested: true };
  const aggregator = {
    round: () => Promise.reject(failure),
    hasWork: () => Promise.resolve(true),
  } as unknown as Aggregator;
  const jobs = {
    due: () => Promise.resolve([job]),
    run: (due: readonly DueJob[]) => Promise.resolve(ran.push(...due.map(({ kind }) => kind))),
  } as unknown as JobRunner;
  return { ran, round: new Round({} as Database, new ManualClock(new Date(0)), aggregator, jobs) };
}

describe('a round in which events cannot be counted', () => {
  it('runs what is due all the same, and fails after it', async () => {
    const { ran, round } = aRound(new Error('value out of range'));
    await expect(round.run(() => true)).rejects.toThrow('value out of range');
    expect(ran).toEqual(['rollout']);
  });

  it('fails at once when the database is away', async () => {
    const { ran, round } = aRound(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
    await expect(round.run(() => true)).rejects.toThrow('gone');
    expect(ran).toEqual([]);
  });
});
