import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseModule } from '@app/database';
import { GovernanceModule } from '@app/governance';
import { RulesetsModule } from '@app/rulesets';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { AuditLogModule } from './audit-log/audit-log.module.js';
import { ClockModule } from './clock/clock.module.js';
import type { ControlConfig } from './config.js';
import { EnvironmentsModule } from './environments/environments.module.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { TimeModule } from './http/time.module.js';
import { RegistryApiModule } from './registry/registry-api.module.js';
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
        HttpModule,
        HealthModule,
        MonitoringModule,
        RegistryApiModule,
        EnvironmentsModule,
        ApiKeysModule,
        AuditLogModule,
        ClockModule,
      ],
    };
  }
}
