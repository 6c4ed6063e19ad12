/** A flag of the organisation's own flag server that keeps a task on its champion. */
export interface ClosedGate {
  readonly environment: string;
  readonly task: string;
  /** Its name there. */
  readonly flag: string;
}

/** What was not closed before, and what is not closed any more. */
export function gateChanges(
  before: readonly ClosedGate[],
  after: readonly ClosedGate[],
): { readonly closed: readonly ClosedGate[]; readonly opened: readonly ClosedGate[] } {
  const nameOf = ({ environment, task, flag }: ClosedGate): string =>
    JSON.stringify([environment, task, flag]);
  const known = new Set(before.map(nameOf));
  const wanted = new Set(after.map(nameOf));
  return {
    closed: after.filter((gate) => !known.has(nameOf(gate))),
    opened: before.filter((gate) => !wanted.has(nameOf(gate))),
  };
}
