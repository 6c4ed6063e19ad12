import 'reflect-metadata';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Database, DatabaseModule } from '@app/database';
import { GovernanceModule } from '@app/governance';
import { Clock, SystemClock } from '@app/kernel';
import { RulesetPublisher, RulesetsModule } from '@app/rulesets';

/**
 * What the control plane does when a task is switched on or off, in a process of its own: `POST /changes {task}` →
 * `{version}`; without a task it publishes what is there.
 */
@Global()
@Module({ providers: [{ provide: Clock, useClass: SystemClock }], exports: [Clock] })
class TimeModule {}

@Module({
  imports: [
    DatabaseModule.forRoot({ url: process.env.DATABASE_URL!, applicationName: 'publisher' }),
    TimeModule,
    GovernanceModule,
    RulesetsModule,
  ],
})
class PublisherModule {}

const SWITCH = `UPDATE task_environments SET enabled = NOT enabled, updated_at = now() WHERE task = $1`;
const NEWEST = `SELECT max(version)::int AS version FROM rulesets WHERE environment = 'production'`;

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(PublisherModule, { logger: ['error'] });
  const database = app.get(Database);
  const publisher = app.get(RulesetPublisher);
  const change = (task: string | null): Promise<number> =>
    database.transaction(async () => {
      if (task !== null) await database.query(SWITCH, [task]);
      await publisher.publish('production', 'a bench');
      const [newest] = await database.query<{ version: number }>(NEWEST);
      return newest!.version;
    });
  const server = createServer((request, response) => {
    void (async () => {
      try {
        const { task } = JSON.parse(await text(request)) as { task: string | null };
        response.end(JSON.stringify({ version: await change(task) }));
      } catch (error) {
        response.writeHead(500).end((error as Error).message);
      }
    })();
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ ready: 'publisher', url: `http://127.0.0.1:${port}` })}\n`);
  });
}

void main();
process.on('SIGTERM', () => process.exit(0));
