import { describeStream, SimulationError, StreamLedger, type StreamResult } from '@app/simulation';
import { readStreams } from './read-streams.js';

/** What the streams of a folder say, or the one thing that is wrong with them. */
export type StreamsOutcome =
  { readonly results: readonly StreamResult[]; readonly pass: boolean } | { readonly error: string };

/** Runs every stream of a folder through what a look is made of, and prints a line per metric and comparison. */
export async function runStreams(
  directory: string,
  plannedUnits: number,
  print: (line: string) => void,
): Promise<StreamsOutcome> {
  const ledger = new StreamLedger(plannedUnits);
  try {
    await readStreams(directory, ledger);
  } catch (error) {
    if (error instanceof SimulationError) return { error: error.message };
    throw error;
  }
  const results = ledger.results();
  for (const result of results) {
    const { metric, kind, treatment, replicates, pass } = result;
    print(
      `${metric} (${kind}), ${treatment}: ${describeStream(result)}; R ${replicates}  ${pass ? 'pass' : 'FAIL'}`,
    );
  }
  return { results, pass: results.every(({ pass }) => pass) };
}
