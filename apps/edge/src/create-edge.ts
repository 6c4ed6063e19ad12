import 'reflect-metadata';
import type { RequestListener } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { PostgresEvaluationCounts } from '@app/events';
import { Pool } from 'pg';
import { Assigner } from './assignments/assigner.js';
import { AssignmentsRoute } from './assignments/assignments.route.js';
import { ExposureRecorder } from './assignments/exposure-recorder.js';
import type { EdgeConfig } from './config.js';
import { FlowingClock, VirtualTimeClock } from './edge-clock.js';
import { EventIntake } from './events/event-intake.js';
import { EventsCheckRoute, EventsRoute } from './events/events.route.js';
import { FeedbackRoute } from './events/feedback.route.js';
import { MemoryBudget } from './events/memory-budget.js';
import { keepAttributes } from './events/stored-attributes.js';
import { clientKeys, streamKeys } from './growthbook/client-key.js';
import {
  GrowthbookEvalRoute,
  GrowthbookFeaturesRoute,
  GrowthbookStreamRoute,
} from './growthbook/growthbook.routes.js';
import { Cors } from './http/cors.js';
import { HotServer } from './http/hot-server.js';
import { ProblemFilter } from './http/problem.filter.js';
import { log, wordsOf } from './log.js';
import { EdgeHealth } from './monitoring/health.js';
import { Monitoring } from './monitoring/monitoring.js';
import { MonitoringModule } from './monitoring/monitoring.module.js';
import { OfrepBulkRoute, OfrepFlagRoute } from './ofrep/ofrep.route.js';
import { EdgeState } from './snapshot/edge-state.js';
import { SnapshotFollower } from './snapshot/follower.js';
import { openLoader } from './snapshot/loading/loader.js';
import { RulesetRoute } from './snapshot/ruleset.route.js';
import { RulesetTexts } from './snapshot/ruleset-texts.js';
import { publishedOf } from './snapshot/snapshot.js';
import { SnapshotDisk } from './snapshot/snapshot-disk.js';
import { openEventPath } from './spool/event-path.js';
import { RulesetStreams } from './stream/ruleset-streams.js';
import { OfrepStreamRoute, RulesetStreamRoute } from './stream/stream.routes.js';
import { StreamTickets } from './stream/stream-tickets.js';
import { EvaluationCounter } from './unleash/evaluation-counter.js';
import { unleashRoutes } from './unleash/unleash-routes.js';

/** How long a stopping edge tries to store the exposures it still has. */
const FLUSH_WITHIN_MS = 5000;

export interface Edge {
  /** Loads the newest rules there are, then takes requests; @returns the port. */
  listen(): Promise<number>;
  /** Ends the running requests, stores what waits, lets go of the database. */
  close(): Promise<void>;
}

/** The data plane, wired. */
export async function createEdge(config: EdgeConfig): Promise<Edge> {
  const pool = new Pool({
    connectionString: config.DATABASE_URL,
    // One beside those that store: bells and the time must not wait for batches.
    max: config.CONTENDER_EDGE_CONNECTIONS + 1,
    application_name: 'contender-edge',
    connectionTimeoutMillis: 3000,
    query_timeout: 15_000,
    keepAlive: true,
    // The statements that store are planned once for any number of rows; a nested loop would be a bet on few.
    options: '-c timezone=UTC -c enable_nestloop=off -c jit=off',
  });
  pool.on('error', (error) => log('warn', 'an idle connection was lost', { reason: wordsOf(error) }));

  const clock = config.CONTENDER_CLOCK === 'virtual' ? new VirtualTimeClock(pool) : new FlowingClock();
  const state = new EdgeState();
  const loader = openLoader({ dataDir: config.CONTENDER_DATA_DIR, databaseUrl: config.DATABASE_URL }, () =>
    state.snapshotsHeld().flatMap((snapshot) => publishedOf(snapshot) ?? []),
  );
  const follower = new SnapshotFollower(config.DATABASE_URL, state, loader, {
    // Virtual time may be set going after this process; until it is known the edge is not ready.
    onRound: () => (clock.ready ? undefined : clock.refresh()),
  });
  const health = new EdgeHealth(state, clock, config.CONTENDER_MAX_STALENESS_SECONDS * 1000);
  const monitoring: Monitoring = new Monitoring(() => ({
    versions: () => state.versions(),
    confirmedAgeSeconds: () => health.readiness().unconfirmedSeconds,
    pendingExposures: () => recorder.pendingCount,
    spoolBytes: () => spool.bytes,
    storeAway: () => keeper.storeAway,
  }));
  const { keeper, spool, drain } = await openEventPath(config, { pool, clock, monitoring });
  const keep = keepAttributes(config.CONTENDER_STORED_ATTRIBUTES);
  const recorder = new ExposureRecorder(keeper, clock, monitoring, keep);
  const lookAgain = (): Promise<void> => follower.nudge();
  const intake = new EventIntake({
    keeper,
    clock,
    recorder,
    state,
    lookAgain,
    monitoring,
    retentionMs: config.CONTENDER_EVENT_RETENTION_DAYS * 86_400_000,
    skewMs: config.CONTENDER_CLOCK_SKEW_SECONDS * 1000,
    keepAttributes: keep,
  });

  const assigner = new Assigner(clock, recorder, monitoring, health.isStale);
  const streams = new RulesetStreams(state, { perKey: config.CONTENDER_EDGE_STREAMS_PER_KEY });
  const tickets = new StreamTickets();
  const counter = new EvaluationCounter(new PostgresEvaluationCounts(pool), clock, monitoring);

  const keys = clientKeys(state, lookAgain);

  const budget = new MemoryBudget(config.CONTENDER_INTAKE_MAX_BYTES);
  const nest = await createRest(health, monitoring);
  const server = new HotServer({
    routes: [
      new AssignmentsRoute(assigner),
      new OfrepFlagRoute(assigner),
      new OfrepBulkRoute(assigner, tickets, async (environment) => {
        await lookAgain();
        return state.environment(environment)?.snapshot;
      }),
      new OfrepStreamRoute(streams, tickets),
      new EventsRoute(intake, budget),
      new EventsCheckRoute(intake, budget),
      new FeedbackRoute(intake, clock),
      new RulesetRoute(new RulesetTexts(loader), () => health.unconfirmedMs()),
      new RulesetStreamRoute(streams),
      new GrowthbookFeaturesRoute(keys),
      new GrowthbookEvalRoute(keys, assigner),
      new GrowthbookStreamRoute(streamKeys(state, keys), streams),
      ...unleashRoutes({ assigner, counter, intake, clock, monitoring, streams }),
    ],
    state,
    monitoring,
    cors: new Cors(
      config.CONTENDER_CONTROL_PUBLIC_URL,
      config.CONTENDER_EDGE_CORS_ORIGINS.split(',').filter((origin) => origin !== ''),
    ),
    lookAgain,
    rest: nest.getHttpAdapter().getInstance() as unknown as RequestListener,
  });

  return {
    listen: async () => {
      await follower.start(new SnapshotDisk(config.CONTENDER_DATA_DIR).read());
      drain.start();
      return server.listen(config.CONTENDER_EDGE_PORT, config.CONTENDER_HOST);
    },
    close: async () => {
      streams.close();
      await server.close();
      await recorder.close(FLUSH_WITHIN_MS);
      await drain.stop(FLUSH_WITHIN_MS);
      // Before the folder is given up to whoever comes next.
      await follower.stop();
      await spool.close();
      await counter.close();
      await nest.close();
      await pool.end();
    },
  };
}

async function createRest(health: EdgeHealth, monitoring: Monitoring): Promise<NestExpressApplication> {
  const nest = await NestFactory.create<NestExpressApplication>(
    MonitoringModule.forRoot(health, monitoring),
    {
      logger: ['error', 'warn', 'fatal'],
      abortOnError: false,
      // Nothing here reads a body; parsing one that is nested deep enough would be an error of ours.
      bodyParser: false,
    },
  );
  nest.disable('x-powered-by');
  nest.useGlobalFilters(new ProblemFilter());
  await nest.init();
  return nest;
}
