import { estimates } from './calls/estimates.js';
import { describeSoundness } from './soundness.js';

describeSoundness('any finite arguments of estimates', estimates);
