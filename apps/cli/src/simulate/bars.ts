import { BARS, type Bar } from '@app/simulation';
import { rolloutBar } from './rollout/rollout.bar.js';

/** Bars that a name alone asks for: `all` is the statistics. */
export const NAMED_BARS: readonly Bar[] = [...BARS, rolloutBar];
