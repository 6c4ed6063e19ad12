import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openApiText } from './openapi/openapi-text.js';

/** `npm run openapi`: writes docs/openapi.json of the working directory. */
async function writeOpenApi(): Promise<void> {
  writeFileSync(path.resolve('docs/openapi.json'), await openApiText());
}

writeOpenApi().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
