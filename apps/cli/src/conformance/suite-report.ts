/** What became of one suite. */
export interface SuiteResult {
  readonly suite: string;
  readonly says: string;
  readonly passed: number;
  readonly failed: number;
  readonly excluded: number;
  readonly failures: ReadonlyArray<{ readonly name: string; readonly reason: string }>;
  /** Cases that do not apply, by the reason why. */
  readonly exclusions: ReadonlyArray<{ readonly reason: string; readonly cases: readonly string[] }>;
  /** What was not there to be run, in words. */
  readonly absent: readonly string[];
  /** Figures worth telling, beside the counts. */
  readonly notes: readonly string[];
  readonly seconds: number;
}

/** Collects what a suite finds. A case passes when its check returns; what it throws says why it fails. */
export class SuiteReport {
  private passed = 0;
  private readonly failures: Array<{ name: string; reason: string }> = [];
  private readonly excluded = new Map<string, string[]>();
  private readonly missing: string[] = [];
  private readonly noted: string[] = [];
  private readonly started = performance.now();

  constructor(
    private readonly suite: string,
    private readonly says: string,
  ) {}

  async check(name: string, holds: () => unknown): Promise<void> {
    try {
      await holds();
      this.passed += 1;
    } catch (error) {
      this.fail(name, error);
    }
  }

  fail(name: string, error: unknown): void {
    const words = error instanceof Error ? error.message : String(error);
    this.failures.push({ name, reason: words.slice(0, 2000) });
  }

  /** A case that does not apply to us; cases with one reason are listed together. */
  exclude(name: string, reason: string): void {
    this.excluded.set(reason, [...(this.excluded.get(reason) ?? []), name]);
  }

  /** Material that is not on this machine: said, and no failure. */
  absent(what: string): void {
    this.missing.push(what);
  }

  note(what: string): void {
    this.noted.push(what);
  }

  result(): SuiteResult {
    const exclusions = [...this.excluded].map(([reason, cases]) => ({ reason, cases }));
    return {
      suite: this.suite,
      says: this.says,
      passed: this.passed,
      failed: this.failures.length,
      excluded: exclusions.reduce((sum, { cases }) => sum + cases.length, 0),
      failures: this.failures,
      exclusions,
      absent: this.missing,
      notes: this.noted,
      seconds: Math.round(performance.now() - this.started) / 1000,
    };
  }
}
