export * from './fieller.js';
