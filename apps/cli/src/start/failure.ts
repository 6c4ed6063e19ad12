import { ConfigError } from '@app/config';
import { DomainError } from '@app/kernel';

/** One line for what the user can act on; the stack for what only we can. */
export function describeFailure(error: unknown): string {
  if (error instanceof ConfigError) return `contender: ${[...new Set(error.problems)].join('; ')}`;
  if (error instanceof DomainError) return `contender: ${oneLine(error.message)} (${error.code})`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

export function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}

/** The reason in an error of the network, whose message Node leaves empty when it tried several addresses. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return oneLine(error instanceof Error ? error.message || error.name : String(error));
}
