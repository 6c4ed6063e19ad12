import type { Assigner } from '../assignments/assigner.js';
import type { Route } from '../http/route.js';
import type { RulesetStreams } from '../stream/ruleset-streams.js';
import { UnleashFeed } from './feature-feed.js';
import {
  UnleashDeltaRoute,
  UnleashFeatureRoute,
  UnleashFeaturesRoute,
  UnleashStreamingRoute,
} from './features.routes.js';
import { UnleashFrontendRoute } from './frontend.route.js';
import { UnleashBulkMetricsRoute, type UnleashMetricsParts, UnleashMetricsRoute } from './metrics.routes.js';
import { UnleashRegistrationRoute } from './registration.route.js';

/** All that Unleash's SDKs ask: those that evaluate on their own, and those that ask for a context's answers. */
export function unleashRoutes(
  parts: UnleashMetricsParts & { readonly assigner: Assigner; readonly streams: RulesetStreams },
): Route[] {
  const feed = new UnleashFeed();
  return [
    new UnleashFeaturesRoute(feed),
    new UnleashFeatureRoute(feed),
    new UnleashDeltaRoute(feed),
    new UnleashStreamingRoute(feed, parts.streams),
    new UnleashFrontendRoute(parts.assigner),
    new UnleashMetricsRoute('/api/frontend/client/metrics', parts),
    new UnleashRegistrationRoute('/api/frontend/client/register'),
    new UnleashMetricsRoute('/api/client/metrics', parts),
    new UnleashBulkMetricsRoute(parts),
    new UnleashRegistrationRoute('/api/client/register'),
  ];
}
