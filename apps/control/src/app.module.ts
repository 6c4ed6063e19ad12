import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseModule } from '@app/database';
import { ExperimentsModule } from '@app/experiments';
import { GovernanceModule } from '@app/governance';
import { RulesetsModule } from '@app/rulesets';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { AuditLogModule } from './audit-log/audit-log.module.js';
import { ClockModule } from './clock/clock.module.js';
import type { ControlConfig } from './config.js';
import { CorrectionsApiModule } from './corrections/corrections-api.module.js';
import { EnvironmentsModule } from './environments/environments.module.js';
import { EvaluationsApiModule } from './evaluations/evaluations-api.module.js';
import { ExplainModule } from './explain/explain.module.js';
import { ExperimentsApiModule } from './experiments/experiments-api.module.js';
import { HealthModule } from './health/health.module.js';
import { HoldoutsApiModule } from './holdouts/holdouts-api.module.js';
import { HttpModule } from './http/http.module.js';
import { TimeModule } from './http/time.module.js';
import { RegistryApiModule } from './registry/registry-api.module.js';
import { PowerModule } from './power/power.module.js';
import { RolloutsApiModule } from './rollouts/rollouts-api.module.js';
import { ResultsApiModule } from './results/results-api.module.js';
import { SegmentsApiModule } from './segments/segments-api.module.js';
import { WebhooksApiModule } from './webhooks/webhooks-api.module.js';
import { MonitoringModule } from './monitoring/monitoring.module.js';

/** The control plane: one module per capability, each with its controllers. */
@Module({})
export class AppModule {
  static forRoot(config: ControlConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({ url: config.DATABASE_URL, applicationName: 'contender-control' }),
        TimeModule.forRoot(config.CONTENDER_CLOCK),
        GovernanceModule,
        RulesetsModule,
        ExperimentsModule.forRoot({ lookIntervalSeconds: config.CONTENDER_LOOK_INTERVAL_SECONDS }),
        HttpModule,
        HealthModule,
        MonitoringModule,
        RegistryApiModule,
        ResultsApiModule,
        ExperimentsApiModule,
        SegmentsApiModule,
        HoldoutsApiModule,
        RolloutsApiModule,
        PowerModule,
        EnvironmentsModule,
        ExplainModule,
        EvaluationsApiModule,
        CorrectionsApiModule,
        ApiKeysModule,
        AuditLogModule,
        WebhooksApiModule,
        ClockModule,
      ],
    };
  }
}
