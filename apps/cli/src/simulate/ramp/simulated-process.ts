import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Database, DatabaseModule } from '@app/database';
import { ExperimentDraftService, ExperimentService, ExperimentsModule } from '@app/experiments';
import { GovernanceModule } from '@app/governance';
import { Clock, ManualClock, Rng } from '@app/kernel';
import { DeliveryService, NotificationsModule, WebhookStore } from '@app/notifications';
import { RegistryModule, TaskService } from '@app/registry';
import {
  DAWN,
  PromotionService,
  PromotionsModule,
  RolloutController,
  RolloutService,
  RolloutStore,
} from '@app/rollouts';
import { RulesetsModule } from '@app/rulesets';
import { LifeReceiver } from './life-receiver.js';

/** A process of its own: its own connections, services and clock over the same database. */
export interface SimulatedProcess {
  readonly app: INestApplicationContext;
  readonly clock: ManualClock;
  readonly drafts: ExperimentDraftService;
  readonly experiments: ExperimentService;
  readonly controller: RolloutController;
  readonly people: RolloutService;
  readonly promotions: PromotionService;
  readonly tasks: TaskService;
  readonly deliveries: DeliveryService;
  readonly receiver: LifeReceiver;
  readonly store: RolloutStore;
  readonly database: Database;
}

export const TASK = 'support-reply';

const DAY_SECONDS = 86_400;
/** Rests between attempts have no length of their own in a life. */
const NO_CHANCE: Rng = { next: () => 0 };

export async function startSimulatedProcess(url: string, name: string): Promise<SimulatedProcess> {
  const clock = new ManualClock(new Date(DAWN));
  const receiver = new LifeReceiver();

  @Global()
  @Module({ providers: [{ provide: Clock, useValue: clock }], exports: [Clock] })
  class TimeModule {}

  @Module({
    imports: [
      DatabaseModule.forRoot({ url, applicationName: name, poolSize: 4 }),
      TimeModule,
      GovernanceModule,
      RulesetsModule,
      RegistryModule,
      ExperimentsModule.forRoot({ lookIntervalSeconds: DAY_SECONDS }),
      NotificationsModule,
      PromotionsModule,
    ],
    providers: [
      {
        provide: DeliveryService,
        inject: [WebhookStore],
        useFactory: (store: WebhookStore) => new DeliveryService(store, receiver, clock, NO_CHANCE),
      },
    ],
  })
  class ProcessModule {}

  const app = await NestFactory.createApplicationContext(ProcessModule, {
    logger: false,
    abortOnError: false,
  });
  return {
    app,
    clock,
    drafts: app.get(ExperimentDraftService),
    experiments: app.get(ExperimentService),
    controller: app.get(RolloutController),
    people: app.get(RolloutService),
    promotions: app.get(PromotionService),
    tasks: app.get(TaskService),
    deliveries: app.get(DeliveryService),
    receiver,
    store: app.get(RolloutStore),
    database: app.get(Database),
  };
}
