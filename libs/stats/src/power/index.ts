export * from './inflation.js';
