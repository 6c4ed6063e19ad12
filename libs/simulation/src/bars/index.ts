import type { Bar } from '../harness/row.js';
import { b01 } from './b01-fixed-tests.js';
import { b02 } from './b02-coverage.js';
import { b03 } from './b03-asymptotic-sequence.js';
import { b03b } from './b03b-ratios-and-cuped.js';
import { b04 } from './b04-time-uniform-coverage.js';
import { b05 } from './b05-exact-methods.js';
import { b10 } from './b10-clustered-quantiles.js';
import { b14 } from './b14-multiplicity.js';
import { b16 } from './b16-cuped.js';
import { b19 } from './b19-peeking.js';
import { negativeControls } from './negative-controls.js';

/** Every bar, in the order in which they run. */
export const BARS: readonly Bar[] = [b01, b02, b03, b03b, b04, b05, b10, b14, b16, b19, negativeControls];
