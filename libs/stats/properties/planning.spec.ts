import { planning } from './calls/planning.js';
import { describeSoundness } from './soundness.js';

describeSoundness('any finite arguments of planning', planning);
