import type { Bar } from '../harness/row.js';
import { b01 } from './b01-fixed-tests.js';
import { b02 } from './b02-coverage.js';
import { b03 } from './b03-asymptotic-sequence.js';
import { b03b } from './b03b-ratios-and-cuped.js';
import { b04 } from './b04-time-uniform-coverage.js';
import { b05 } from './b05-exact-methods.js';
import { b06, b07 } from './b06-power-of-sequences.js';
import { b08, b09 } from './b08-group-sequential.js';
import { b10 } from './b10-clustered-quantiles.js';
import { b11 } from './b11-sample-ratio.js';
import { b12 } from './b12-rollback.js';
import { b13 } from './b13-non-inferiority.js';
import { b14 } from './b14-multiplicity.js';
import { b15 } from './b15-verdict-engine.js';
import { b16 } from './b16-cuped.js';
import { b17 } from './b17-control-charts.js';
import { b18 } from './b18-calibration.js';
import { b19 } from './b19-peeking.js';
import { negativeControls } from './negative-controls.js';

/** Every bar, in the order in which they run. */
export const BARS: readonly Bar[] = [
  b01,
  b02,
  b03,
  b03b,
  b04,
  b05,
  b06,
  b07,
  b08,
  b09,
  b10,
  b11,
  b12,
  b13,
  b14,
  b15,
  b16,
  b17,
  b18,
  b19,
  negativeControls,
];
