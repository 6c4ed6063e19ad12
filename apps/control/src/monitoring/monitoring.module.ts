import { Controller, Get, Header, Module } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access } from '../http/access.js';
import { Monitoring } from './monitoring.js';

@ApiExcludeController()
@Controller('metrics')
export class MonitoringController {
  constructor(private readonly monitoring: Monitoring) {}

  @Get()
  @Access('public')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  read(): Promise<string> {
    return this.monitoring.registry.metrics();
  }
}

@Module({ controllers: [MonitoringController], providers: [Monitoring], exports: [Monitoring] })
export class MonitoringModule {}
