export * from './verdict/types.js';
