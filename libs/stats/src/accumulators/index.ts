export { EMPTY_ARM_MOMENTS, meanGap, mergeArmMoments } from './arm-moments.js';
export * from './moments.js';
export * from './pair-moments.js';
export { mergeVectorMoments, vectorMomentsOf, type VectorMoments } from './vector-moments.js';
