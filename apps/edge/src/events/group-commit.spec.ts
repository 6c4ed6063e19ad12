import {
  type AppendStatus,
  anOutcome,
  InMemoryEventStore,
  type NewEvent,
  StoreUnavailable,
} from '@app/events';
import { GroupCommit } from './group-commit.js';

/** A store whose commits wait until they are let go. */
class HeldStore extends InMemoryEventStore {
  readonly commits: string[][] = [];
  private readonly gates: Array<() => void> = [];
  private opened = false;

  override async append(
    environment: string,
    events: readonly NewEvent[],
    receivedAt: Date,
  ): Promise<AppendStatus[]> {
    this.commits.push(events.map(({ id }) => id));
    if (!this.opened) await new Promise<void>((resolve) => this.gates.push(resolve));
    if (events.some(({ comment }) => comment === 'poison')) throw new Error('invalid byte sequence');
    return super.append(environment, events, receivedAt);
  }

  letGo(): void {
    this.opened = true;
    for (const open of this.gates.splice(0)) open();
  }
}

const NOW = new Date('2026-01-05T12:00:00Z');
const aGroup = (limits = { lanes: 2, events: 10, worthALane: 5 }) => {
  const store = new HeldStore();
  const group = new GroupCommit(store, limits);
  const append = (ids: string[], environment = 'production', more: Partial<NewEvent> = {}) =>
    group.append(
      environment,
      ids.map((id) => anOutcome({ id, ...more })),
      NOW,
    );
  return { store, append };
};
const ids = (count: number, prefix = 'e') => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe('group commit', () => {
  it('puts what comes during a commit into the next one, and gives everybody their own answers', async () => {
    const { store, append } = aGroup({ lanes: 2, events: 10, worthALane: 6 });
    const answers = [append(['a']), append(['b', 'c']), append(['c', 'd']), append(['a'])];
    expect(store.commits).toEqual([['a']]);
    store.letGo();
    expect(await Promise.all(answers)).toEqual([
      ['accepted'],
      ['accepted', 'accepted'],
      ['duplicate', 'accepted'],
      ['duplicate'],
    ]);
    expect(store.commits).toEqual([['a'], ['b', 'c', 'c', 'd', 'a']]);
  });

  it('opens another lane when enough waits, and no more lanes than it may', async () => {
    const { store, append } = aGroup();
    const answers = [append(['a']), append(ids(5, 'b')), append(ids(9, 'c')), append(ids(9, 'd'))];
    expect(store.commits).toEqual([['a'], ids(5, 'b')]);
    store.letGo();
    await Promise.all(answers);
    expect(store.commits.slice(2)).toEqual([ids(9, 'c'), ids(9, 'd')]);
  });

  it('keeps environments in transactions of their own', async () => {
    const { store, append } = aGroup();
    const answers = [append(['a']), append(['b'], 'staging'), append(['c']), append(['d'], 'staging')];
    store.letGo();
    await Promise.all(answers);
    expect(store.commits).toEqual([['a'], ['b', 'd'], ['c']]);
  });

  it('tells everybody of a group that the store is away', async () => {
    const { store, append } = aGroup();
    store.unavailable = true;
    const answers = [append(['a']), append(['b']), append(['c'])].map((one) =>
      one.catch((error: unknown) => error),
    );
    store.letGo();
    for (const answer of await Promise.all(answers)) expect(answer).toBeInstanceOf(StoreUnavailable);
  });

  it('lets nobody fail for what another one sent', async () => {
    const { store, append } = aGroup();
    const first = append(['a']);
    const poisoned = append(['p'], 'production', { comment: 'poison' }).catch(
      (error: Error) => error.message,
    );
    const other = append(['b']);
    store.letGo();
    expect(await Promise.all([first, poisoned, other])).toEqual([
      ['accepted'],
      'invalid byte sequence',
      ['accepted'],
    ]);
  });

  it('answers nothing to nothing without a commit', async () => {
    const { store, append } = aGroup();
    expect(await append([])).toEqual([]);
    expect(store.commits).toEqual([]);
  });
});
