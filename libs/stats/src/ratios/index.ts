export * from './ratio.js';
