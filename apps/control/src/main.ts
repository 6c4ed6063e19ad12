import { ConfigError } from '@app/config';
import { readControlConfig } from './config.js';
import { createControlApp } from './create-control-app.js';

async function main(): Promise<void> {
  const config = readControlConfig(process.env);
  const app = await createControlApp(config);
  await app.listen(config.CONTENDER_CONTROL_PORT, config.CONTENDER_HOST);
  const url = await app.getUrl();
  // One line of JSON that a supervisor can read; port 0 becomes the real one.
  process.stdout.write(`${JSON.stringify({ ready: 'control', url })}\n`);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : `control: ${String(error)}`);
  process.exitCode = 1;
  process.exit();
});
