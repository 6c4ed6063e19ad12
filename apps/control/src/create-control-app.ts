import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Database, DatabaseClock } from '@app/database';
import { EnvironmentService, seedVirtualClock } from '@app/governance';
import { Clock, SystemClock } from '@app/kernel';
import { RulesetPublisher } from '@app/rulesets';
import type { RequestHandler } from 'express';
import { AppModule } from './app.module.js';
import type { ControlConfig } from './config.js';
import { nameBodyErrors, readJson, refuseOtherMediaTypes } from './http/body.js';
import { refuseUnstorableText } from './http/storable-text.js';
import { requestId } from './http/request-id.js';
import { Monitoring } from './monitoring/monitoring.js';
import { controlDocument } from './openapi/control-document.js';
import { serveDocs } from './openapi/serve-docs.js';

/** The control plane, ready to listen: used by main, and by tests with supertest. */
export async function createControlApp(config: ControlConfig): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config), {
    bodyParser: false,
    abortOnError: false,
    logger: ['error', 'warn', 'fatal'],
  });
  app.disable('x-powered-by');
  // ETags here are revisions that If-Match compares; Express would add its own to every answer.
  app.set('etag', false);
  app.enableShutdownHooks();
  app.use(
    requestId,
    app.get(Monitoring).observe,
    refuseOtherMediaTypes,
    readJson,
    nameBodyErrors,
    refuseUnstorableText,
  );
  const clock = app.get(Clock);
  if (clock instanceof DatabaseClock) {
    await seedVirtualClock(app.get(Database).source, new SystemClock());
    await clock.refresh();
    app.use('/api', refreshTime(clock));
  }
  await publishRulesets(app);
  serveDocs(app, controlDocument(app, config));
  return app;
}

/**
 * Edges answer nothing without a ruleset: a new instance gets its first, and one that was written by an older version of
 * this code is written anew. Nothing is published when nothing has changed.
 */
async function publishRulesets(app: NestExpressApplication): Promise<void> {
  const publisher = app.get(RulesetPublisher);
  for (const { key } of await app.get(EnvironmentService).list()) {
    await publisher.publish(key, 'the control plane started');
  }
}

/** Virtual time stands in the database: each request begins by reading it. */
function refreshTime(clock: DatabaseClock): RequestHandler {
  return (_request, _response, next) => {
    clock.refresh().then(() => next(), next);
  };
}
