import { procedures } from './calls/procedures.js';
import { describeSoundness } from './soundness.js';

describeSoundness('any finite arguments of procedures', procedures);
