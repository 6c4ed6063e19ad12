import { log, wordsOf } from '../../log.js';
import type { PublishedRuleset, RulesetVersion } from '../snapshot.js';
import type { PublishedStep, ReadRuleset, RulesetBook } from './ruleset-book.js';

/** Where rulesets are published. */
export interface Publications {
  /** @throws Error when there is none, or the database is away */
  whole(wanted: RulesetVersion): Promise<PublishedRuleset>;
  /** What was published beside the versions after `base` up to the wanted one; none when the whole is as little. */
  stepsAfter(base: number, wanted: RulesetVersion): Promise<PublishedStep[]>;
}

/**
 * A newer ruleset by what has changed since `base`, where that is known and leads there; else by its whole, which says what
 * every delta was made from.
 */
export async function readNewer(
  book: RulesetBook,
  publications: Publications,
  wanted: RulesetVersion,
  base: number,
): Promise<ReadRuleset> {
  const { environment, version } = wanted;
  if (book.knows({ environment, version: base })) {
    try {
      const read = book.follow(wanted, base, await publications.stepsAfter(base, wanted));
      if (read) return read;
    } catch (error) {
      log('warn', 'what has changed cannot be followed; the ruleset is read as a whole', {
        environment,
        version,
        reason: wordsOf(error),
      });
    }
  }
  return book.read(await publications.whole(wanted), base);
}
