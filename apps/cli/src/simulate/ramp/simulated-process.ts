import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Database, DatabaseModule } from '@app/database';
import { GovernanceModule } from '@app/governance';
import { Clock, ManualClock } from '@app/kernel';
import {
  candidateOf,
  type Cast,
  DAWN,
  type Life,
  type PromotionCandidate,
  PromotionService,
  PromotionSource,
  RolloutController,
  RolloutService,
  RolloutsModule,
  RolloutStore,
} from '@app/rollouts';
import { RulesetsModule } from '@app/rulesets';

/** A process of its own: its own connections, services and clock over the same database. */
export interface SimulatedProcess {
  readonly app: INestApplicationContext;
  readonly clock: ManualClock;
  readonly controller: RolloutController;
  readonly people: RolloutService;
  readonly promotions: PromotionService;
  readonly store: RolloutStore;
  readonly database: Database;
}

export const TASK = 'support-reply';

/** The life whose experiment is promoted next. */
export class LifePromotions extends PromotionSource {
  static life: Life;

  constructor(private readonly cast: Cast) {
    super();
  }

  async candidate(experimentKey: string): Promise<PromotionCandidate> {
    return candidateOf(LifePromotions.life, experimentKey, TASK, this.cast);
  }

  async history(): Promise<null> {
    return null;
  }

  async conclude(): Promise<void> {}
}

export async function startSimulatedProcess(
  url: string,
  name: string,
  cast: Cast,
): Promise<SimulatedProcess> {
  const clock = new ManualClock(new Date(DAWN));

  @Global()
  @Module({ providers: [{ provide: Clock, useValue: clock }], exports: [Clock] })
  class TimeModule {}

  @Module({
    imports: [
      DatabaseModule.forRoot({ url, applicationName: name, poolSize: 4 }),
      TimeModule,
      GovernanceModule,
      RulesetsModule,
      RolloutsModule,
    ],
    providers: [PromotionService, { provide: PromotionSource, useValue: new LifePromotions(cast) }],
  })
  class ProcessModule {}

  const app = await NestFactory.createApplicationContext(ProcessModule, {
    logger: false,
    abortOnError: false,
  });
  return {
    app,
    clock,
    controller: app.get(RolloutController),
    people: app.get(RolloutService),
    promotions: app.get(PromotionService),
    store: app.get(RolloutStore),
    database: app.get(Database),
  };
}
