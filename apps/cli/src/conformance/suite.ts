import type { ConformanceContext } from './context.js';
import type { SuiteReport } from './suite-report.js';

/**
 * One third-party suite, or one real client against a running instance. A new one is a module that exports this and a
 * line in `suites/index.ts`.
 */
export interface Suite {
  /** In kebab case; `npm run conformance -- NAME` runs this one alone. */
  readonly name: string;
  /** One line: what is held against what, with its version. */
  readonly says: string;
  /**
   * Judges case by case through `report`. Throwing fails the suite as a whole, under the name it stopped at.
   */
  run(report: SuiteReport, context: ConformanceContext): Promise<void>;
}
