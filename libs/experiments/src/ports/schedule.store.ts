/** What the workers do when, for a subject. */
export abstract class ScheduleStore {
  abstract set(kind: 'look' | 'start' | 'stop', subjectId: string, dueAt: Date): Promise<void>;
  abstract remove(kind: 'look' | 'start' | 'stop', subjectId: string): Promise<void>;
}
