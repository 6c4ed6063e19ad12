import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { aRuleset } from './support/edge-world.js';

const run = promisify(execFile);
const ROOT = path.join(__dirname, '..');

/** Answers with a ruleset and a stream that never ends, and keeps the events it is sent. */
class SmallEdge {
  readonly events: Array<Record<string, unknown>> = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      if (request.url === '/api/v1/ruleset/stream') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('retry: 1000\n\n');
        return;
      }
      if (request.url === '/api/v1/ruleset') {
        response.writeHead(200, { etag: '"1"' }).end(JSON.stringify(aRuleset(1)));
        return;
      }
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        const events = body.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
        this.events.push(...events);
        response.end(JSON.stringify({ accepted: events.length, duplicates: 0, rejected: [] }));
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe('the package of the SDK, installed in an empty folder', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'contender-sdk-'));
  const edge = new SmallEdge();
  let url: string;

  const node = (file: string, text: string): Promise<{ stdout: string; stderr: string }> => {
    writeFileSync(path.join(folder, file), text);
    return run(process.execPath, [file], { cwd: folder, env: { PATH: process.env['PATH'], EDGE: url } });
  };

  beforeAll(async () => {
    url = await edge.listen();
    const built = path.join(folder, 'built');
    await run(process.execPath, [path.join(ROOT, 'tools/build-sdk.mjs'), built]);
    const npm = (...args: string[]) =>
      run('npm', [...args, '--no-audit', '--no-fund', '--cache', path.join(folder, '.npm')], { cwd: folder });
    await npm('pack', './built', '--pack-destination', folder);
    rmSync(built, { recursive: true });
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
    writeFileSync(path.join(folder, 'package.json'), '{"name":"empty","private":true}');
    // Nothing may be fetched: all it needs is in it.
    await npm('install', '--offline', `./${tarball}`);
  }, 240_000);

  afterAll(() => {
    edge.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings nothing along but itself', () => {
    const all = readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(all).toEqual(['@contender']);
    const code = readdirSync(path.join(folder, 'node_modules/@contender/sdk'), {
      recursive: true,
      encoding: 'utf8',
    })
      .filter((name) => name.endsWith('.js') && !name.includes('node_modules'))
      .map((name) => readFileSync(path.join(folder, 'node_modules/@contender/sdk', name), 'utf8'))
      .join('\n');
    expect(code).not.toMatch(/nestjs|typeorm|@app\//);
  });

  it.each([
    ['an ES module', 'main.mjs', `import { createContender } from '@contender/sdk';`],
    ['CommonJS', 'main.cjs', `const { createContender } = require('@contender/sdk');`],
  ])(
    'runs as %s, and sends its exposures before a process that never closed it ends by itself',
    async (_what, file, load) => {
      edge.events.length = 0;
      const { stdout, stderr } = await node(
        file,
        `${load}
       const contender = createContender({ url: process.env.EDGE, key: 'ck_production_service_x' });
       contender.ready().then(() => {
         const { model, variant, reason } = contender.assign('reply', 'user-1');
         console.log(JSON.stringify([model.key, variant, reason]));
       });`,
      );
      expect(stderr).toBe('');
      const [model, variant, reason] = JSON.parse(stdout) as string[];
      expect([model, reason]).toEqual([variant === 'b' ? 'new' : 'old', 'SPLIT']);
      expect(edge.events).toEqual([
        expect.objectContaining({ type: 'exposure', unit: 'user-1', variant, epoch: 1 }),
      ]);
    },
  );

  it('sends what waits when it is told to end', async () => {
    edge.events.length = 0;
    const ended = node(
      'told.mjs',
      `import { createContender } from '@contender/sdk';
       const contender = createContender({ url: process.env.EDGE, key: 'ck_x', flushIntervalMs: 60000 });
       await contender.ready();
       contender.track('quality', 'user-1', 1);
       setInterval(() => {}, 1000);
       process.kill(process.pid, 'SIGTERM');`,
    );
    await expect(ended).rejects.toMatchObject({ signal: 'SIGTERM' });
    expect(edge.events).toEqual([expect.objectContaining({ metric: 'quality' })]);
  });

  it('has types that a strict compiler takes, without those of Node', async () => {
    writeFileSync(
      path.join(folder, 'typed.ts'),
      `import { createContender, type Assignment } from '@contender/sdk';
       const contender = createContender<{ reply: { variant: 'a' | 'b'; parameters: { temperature: number } } }>({ bootstrap: {} });
       const answer: Assignment<{ variant: 'a' | 'b' }>['variant'] = contender.assign('reply', 'u').variant;
       const temperature: number | undefined = contender.assign('reply', { user: 'u' }).model?.parameters.temperature;
       // @ts-expect-error -- no such task
       contender.assign('replies', 'u');
       // @ts-expect-error -- no such arm
       const wrong: 'c' | null = contender.assign('reply', 'u').variant;
       console.log(answer, temperature, wrong);`,
    );
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const compilerOptions = {
      ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', strict: true, noEmit: true },
      ...{ types: [], lib: ['es2022', 'dom'] },
    };
    const config = JSON.stringify({ compilerOptions, files: ['typed.ts'] });
    writeFileSync(path.join(folder, 'tsconfig.json'), config);
    const compiled = run(process.execPath, [tsc, '-p', folder]);
    const { stdout } = await compiled.catch((error: unknown) => error as { stdout: string });
    expect(stdout).toBe('');
  }, 240_000);
});
