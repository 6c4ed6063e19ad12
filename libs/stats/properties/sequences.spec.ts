import { sequences } from './calls/sequences.js';
import { describeSoundness } from './soundness.js';

describeSoundness('any finite arguments of sequences', sequences);
