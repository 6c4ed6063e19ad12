import { log, wordsOf } from '../log.js';
import type { Loader } from './loading/loader.js';
import type { EnvironmentSnapshot } from './snapshot.js';

/**
 * Texts of the rulesets in force, for those who ask for a whole one.
 *
 * They stay with the loader until then. Megabytes that come to this thread with every change make its collector mark the
 * whole heap, in steps of tens of milliseconds in which nothing is answered.
 */
export class RulesetTexts {
  private readonly texts = new WeakMap<EnvironmentSnapshot, Promise<Uint8Array>>();

  constructor(private readonly loader: Pick<Loader, 'text'>) {}

  /** The ruleset as published, in UTF-8; fetched once however many ask. */
  of(snapshot: EnvironmentSnapshot): Promise<Uint8Array> {
    let text = this.texts.get(snapshot);
    if (text === undefined) this.texts.set(snapshot, (text = this.fetch(snapshot)));
    return text;
  }

  /** Where the loader does not have it (another thread takes its place), it is written out here: it says the same. */
  private async fetch({ environment, version, compiled }: EnvironmentSnapshot): Promise<Uint8Array> {
    const text = await this.loader.text({ environment, version }).catch((error: unknown) => {
      log('warn', 'a ruleset is written out anew', { environment, version, reason: wordsOf(error) });
      return null;
    });
    return text ?? Buffer.from(JSON.stringify(compiled.ruleset));
  }
}
