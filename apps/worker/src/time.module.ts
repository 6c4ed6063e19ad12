import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Database, DatabaseClock } from '@app/database';
import { Clock, SystemClock } from '@app/kernel';

/** Binds the clock: the machine's, or virtual time that stands in the database. */
@Global()
@Module({})
export class TimeModule {
  static forRoot(kind: 'system' | 'virtual'): DynamicModule {
    return {
      module: TimeModule,
      providers: [
        {
          provide: Clock,
          useFactory: (database: Database) =>
            kind === 'virtual' ? new DatabaseClock(database) : new SystemClock(),
          inject: [Database],
        },
      ],
      exports: [Clock],
    };
  }
}
