// The peer of the HTTP bench: a real unleash-server on the database it is given, with FLAGS flags that each split its
// users into two or three variants for two attributes, as the tasks of the bench do. Says where it listens, and its key.
import process from 'node:process';
import { start } from 'unleash-server';

const FLAGS = Number(process.env.FLAGS);
const KEY = '*:development.a-key-of-the-bench';

const { server, stop } = await start({
  databaseUrl: process.env.DATABASE_URL,
  db: { ssl: false, pool: { min: 0, max: 4 } },
  server: { port: 0, host: '127.0.0.1' },
  authentication: {
    type: 'none',
    initApiTokens: [
      { environment: 'development', projects: ['*'], secret: KEY, type: 'frontend', tokenName: 'bench' },
    ],
  },
  versionCheck: { enable: false },
  clientFeatureCaching: { enabled: true, maxAge: 3_600_000 },
  logLevel: 'error',
  getLogger: () => {
    const nothing = () => undefined;
    return { debug: nothing, info: nothing, warn: nothing, error: console.error, fatal: console.error };
  },
});
const url = `http://127.0.0.1:${server.address().port}`;

async function send(method, address, body) {
  const answer = await fetch(`${url}${address}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${address} answered ${answer.status}: ${await answer.text()}`);
}

const constraint = (contextName, values) => ({ contextName, operator: 'IN', values });

for (let flag = 0; flag < FLAGS; flag += 1) {
  const name = `task-${String(flag).padStart(4, '0')}`;
  const features = '/api/admin/projects/default/features';
  await send('POST', features, { name, type: 'experiment' });
  const arms = 2 + (flag % 2);
  await send('POST', `${features}/${name}/environments/development/strategies`, {
    name: 'flexibleRollout',
    parameters: { rollout: '100', stickiness: 'userId', groupId: name },
    constraints: [constraint('plan', ['pro', 'team']), constraint('country', ['DE', 'FR', 'IT'])],
    variants: Array.from({ length: arms }, (_, arm) => ({
      name: arm === 0 ? 'control' : `challenger-${arm}`,
      weight: Math.round(1000 / arms),
      weightType: 'variable',
      stickiness: 'userId',
      payload: { type: 'json', value: JSON.stringify({ model: `model-${(flag + arm) % 20}@1` }) },
    })),
  });
  await send('POST', `${features}/${name}/environments/development/on`);
}

// The frontend's copy of the flags follows by itself.
const question = `${url}/api/frontend?userId=user-1&plan=pro&country=DE`;
for (let toggles = 0; toggles < FLAGS;) {
  const answer = await fetch(question, { headers: { authorization: KEY } });
  toggles = (await answer.json()).toggles.length;
  await new Promise((resolve) => setTimeout(resolve, 200));
}

process.on('SIGTERM', () => void stop().finally(() => process.exit(0)));
console.log(JSON.stringify({ ready: 'unleash', url, key: KEY }));
