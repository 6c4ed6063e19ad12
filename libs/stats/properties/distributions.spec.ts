import { distributions } from './calls/distributions.js';
import { describeSoundness } from './soundness.js';

describeSoundness('any finite arguments of distributions', distributions);
