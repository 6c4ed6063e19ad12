export * from './judged-moments.js';
export * from './prediction-powered-mean.js';
export * from './prediction-powered-arms.js';
