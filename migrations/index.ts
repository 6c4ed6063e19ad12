import { Governance1764000000001 } from './1764000000001-governance.js';
import { Registry1764000000002 } from './1764000000002-registry.js';
import { Experiments1764000000003 } from './1764000000003-experiments.js';
import { Rulesets1764000000004 } from './1764000000004-rulesets.js';
import { Events1764000000005 } from './1764000000005-events.js';
import { Metrics1764000000006 } from './1764000000006-metrics.js';
import { Analysis1764000000007 } from './1764000000007-analysis.js';
import { Rollouts1764000000008 } from './1764000000008-rollouts.js';
import { MeanRest1764000000009 } from './1764000000009-mean-rest.js';
import { Covariates1764000000010 } from './1764000000010-covariates.js';
import { ExperimentDesign1764000000011 } from './1764000000011-experiment-design.js';
import { Webhooks1764000000012 } from './1764000000012-webhooks.js';
import { RefusedEvents1764000000013 } from './1764000000013-refused-events.js';
import { EvaluationCounts1764000000014 } from './1764000000014-evaluation-counts.js';
import { ExactSums1764000000018 } from './1764000000018-exact-sums.js';
import { DataLifecycle1764000000031 } from './1764000000031-data-lifecycle.js';
import { WaitingSince1764000000032 } from './1764000000032-waiting-since.js';
import { HoldoutMeasurement1764000000033 } from './1764000000033-holdout-measurement.js';
import { CheaperCounting1764000000040 } from './1764000000040-cheaper-counting.js';
import { ShadowStage1764000000041 } from './1764000000041-shadow-stage.js';
import { RulesetDeltas1764000000042 } from './1764000000042-ruleset-deltas.js';
import { ShadowRatios1764000000043 } from './1764000000043-shadow-ratios.js';

/** Every migration, oldest first. A spec checks that no file of this folder is missing here. */
export const migrations = [
  Governance1764000000001,
  Registry1764000000002,
  Experiments1764000000003,
  Rulesets1764000000004,
  Events1764000000005,
  Metrics1764000000006,
  Analysis1764000000007,
  Rollouts1764000000008,
  MeanRest1764000000009,
  Covariates1764000000010,
  ExperimentDesign1764000000011,
  Webhooks1764000000012,
  RefusedEvents1764000000013,
  EvaluationCounts1764000000014,
  ExactSums1764000000018,
  DataLifecycle1764000000031,
  WaitingSince1764000000032,
  HoldoutMeasurement1764000000033,
  CheaperCounting1764000000040,
  ShadowStage1764000000041,
  RulesetDeltas1764000000042,
  ShadowRatios1764000000043,
];
