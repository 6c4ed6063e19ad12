/** Where time comes from. Libraries never read the wall clock; they are handed one of these. */
export abstract class Clock {
  /** The current instant. */
  abstract now(): Date;
}

/** The machine's wall clock. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date(Date.now());
  }
}

/** A clock that stands still until it is moved: tests, demos and replays run weeks in seconds with it. */
export class ManualClock extends Clock {
  private current: number;

  constructor(start: Date) {
    super();
    this.current = start.getTime();
  }

  now(): Date {
    return new Date(this.current);
  }

  moveTo(instant: Date): void {
    this.current = instant.getTime();
  }

  advanceMs(ms: number): void {
    this.current += ms;
  }
}
