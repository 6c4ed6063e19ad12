import type { Bar } from '../harness/row.js';
import { b03 } from './b03-asymptotic-sequence.js';
import { b19 } from './b19-peeking.js';

/** Every bar, in the order in which they run. */
export const BARS: readonly Bar[] = [b03, b19];
