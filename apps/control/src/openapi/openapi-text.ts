import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { ControlConfig } from '../config.js';
import { controlDocument } from './control-document.js';

/** The committed text of docs/openapi.json: built without a database, with the default addresses. */
export async function openApiText(): Promise<string> {
  const config = Object.assign(new ControlConfig(), { DATABASE_URL: 'postgres://nowhere' });
  const app = await NestFactory.create(AppModule.forRoot(config), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  try {
    return `${JSON.stringify(controlDocument(app, config), null, 2)}\n`;
  } finally {
    await app.close();
  }
}
