import type { RoundOutcome } from './round.js';
import { WorkerLoop } from './worker-loop.js';

/** A bell that never waits and remembers for how long it was asked to. */
class QuickBell {
  readonly rests: number[] = [];
  async wait(ms: number): Promise<void> {
    this.rests.push(ms);
    await new Promise((resolve) => setImmediate(resolve));
  }
  ring(): void {}
}

describe('WorkerLoop', () => {
  let said: jest.SpyInstance;
  beforeEach(() => {
    said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => said.mockRestore());

  async function play(rounds: Array<RoundOutcome | Error>): Promise<{ rests: number[]; loop: WorkerLoop }> {
    const bell = new QuickBell();
    let index = 0;
    const loop: WorkerLoop = new WorkerLoop(
      {
        run: async () => {
          const outcome = rounds[index]!;
          index += 1;
          if (index === rounds.length) void loop.stop();
          if (outcome instanceof Error) throw outcome;
          return outcome;
        },
      },
      bell,
      1000,
    );
    loop.start();
    while (index < rounds.length) await new Promise((resolve) => setImmediate(resolve));
    await loop.stop();
    return { rests: bell.rests, loop };
  }

  it('goes on at once after work, soon while another worker is at it, and rests when there is none', async () => {
    const { rests } = await play(['worked', 'waiting', 'worked', 'idle', 'idle']);
    expect(rests).toEqual([20, 1000]);
  });

  it('outlives failures, resting longer each time, and recovers', async () => {
    const away = new Error('connection refused');
    const { rests, loop } = await play([away, away, away, 'idle', away, 'idle']);
    expect(rests).toEqual([250, 500, 1000, 1000, 250]);
    expect(loop.health).toEqual({ rounds: 2, failures: 0, lastError: null, busySeconds: 0 });
  });

  it('says once that something is wrong, and once that it is over', async () => {
    await play([new Error('away'), new Error('away'), 'idle', 'idle']);
    expect(said.mock.calls.map(([line]) => line)).toEqual([
      'worker: away; trying again',
      'worker: at work again',
    ]);
  });
});
