export * from './binned-quantile.js';
export * from './clustered-indicator.js';
export * from './compare-quantiles.js';
export {
  quantileIntervalExact,
  quantileIntervalNormal,
  quantileType1,
  quantileType7,
  sortedValues,
  type OrderStatisticInterval,
} from './one-quantile.js';
