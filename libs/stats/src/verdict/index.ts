export * from './analyse-look.js';
export * from './benefit.js';
export * from './burn-in.js';
export * from './contrast.js';
export * from './guardrail.js';
export * from './integrity-report.js';
export * from './n-star.js';
export * from './types.js';
