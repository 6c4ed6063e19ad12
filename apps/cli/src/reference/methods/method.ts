/**
 * Answers one case: the library's figures under the names of the file, or undefined where it has no such method.
 *
 * `input` is as the file has it; each method reads what its conventions promise.
 */
export type Method = (input: Input, expected: Readonly<Record<string, unknown>>) => unknown;

/** A case's input. The files carry their own schema; a wrong field shows as a failed case. */
export type Input = Readonly<Record<string, unknown>>;
