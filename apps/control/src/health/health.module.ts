import { Controller, Get, Module } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Database } from '@app/database';
import { Access } from '../http/access.js';
import { ControlError } from '../http/control.errors.js';

@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(private readonly database: Database) {}

  @Get('live')
  @Access('public')
  live(): { status: string } {
    return { status: 'live' };
  }

  @Get('ready')
  @Access('public')
  async ready(): Promise<{ status: string }> {
    const pending = await this.pendingMigrations();
    if (pending.length > 0) {
      throw new ControlError('SCHEMA_OUTDATED', `these migrations are not applied: ${pending.join(', ')}`);
    }
    return { status: 'ready' };
  }

  private async pendingMigrations(): Promise<string[]> {
    const rows = await this.database.query<{ name: string }>('SELECT name FROM schema_migrations');
    const applied = new Set(rows.map((row) => row.name));
    return this.database.source.migrations.flatMap(({ name }) => (name && !applied.has(name) ? [name] : []));
  }
}

@Module({ controllers: [HealthController] })
export class HealthModule {}
