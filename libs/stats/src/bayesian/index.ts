export * from './best-arm.js';
export { betaMoments, betaPosterior, type BetaShape } from './beta-arm.js';
export * from './normal-effect.js';
export * from './normal-inverse-gamma.js';
export * from './two-betas.js';
