import { verdicts } from './calls/verdicts.js';
import { describeSoundness } from './soundness.js';

describeSoundness('any finite arguments of verdicts', verdicts);
