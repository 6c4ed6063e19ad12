import { newMethods } from './calls/new-methods.js';
import { describeSoundness } from './soundness.js';

describeSoundness('any finite arguments of the newer methods', newMethods);
