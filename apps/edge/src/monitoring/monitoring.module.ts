import { Controller, type DynamicModule, Get, Header, HttpException, Module } from '@nestjs/common';
import { EdgeHealth, type Readiness } from './health.js';
import { Monitoring } from './monitoring.js';

@Controller('health')
export class HealthController {
  constructor(private readonly health: EdgeHealth) {}

  @Get('live')
  live(): { status: string } {
    return { status: 'live' };
  }

  @Get('ready')
  ready(): Readiness {
    const readiness = this.health.readiness();
    if (readiness.status !== 'ready') throw new HttpException(readiness, 503);
    return readiness;
  }
}

@Controller('metrics')
export class MetricsController {
  constructor(private readonly monitoring: Monitoring) {}

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  read(): Promise<string> {
    return this.monitoring.registry.metrics();
  }
}

/** What operators and Prometheus ask; everything on a hot path stays outside Nest. */
@Module({})
export class MonitoringModule {
  static forRoot(health: EdgeHealth, monitoring: Monitoring): DynamicModule {
    return {
      module: MonitoringModule,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: EdgeHealth, useValue: health },
        { provide: Monitoring, useValue: monitoring },
      ],
    };
  }
}
