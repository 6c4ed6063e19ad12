import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Third-party packages of a folder with a package.json of its own; only the command that needs them fetches them. */
export class Peers {
  private readonly require: NodeJS.Require;

  constructor(private readonly folder: string) {
    this.require = createRequire(path.join(folder, 'package.json'));
  }

  /** Installs them by their exact versions when that is needed. @throws Error with npm's own words */
  async install(say: (line: string) => void): Promise<void> {
    const stamp = path.join(this.folder, 'node_modules', '.contender-stamp');
    const wanted = createHash('sha256')
      .update(readFileSync(path.join(this.folder, 'package.json')))
      .digest('hex');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
    say(`Fetching third-party packages into ${path.basename(this.folder)}/node_modules (first run only)…`);
    const args = ['install', '--no-audit', '--no-fund', '--no-save'];
    const [program, ...first] = npm();
    try {
      await execute(program, [...first, ...args], { cwd: this.folder, maxBuffer: 1 << 26 });
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string };
      throw new Error(`third-party packages cannot be fetched: ${stderr.trim().slice(-500)}`);
    }
    writeFileSync(stamp, wanted);
  }

  /** A package that both CommonJS and ESM know; the caller names the part of its shape that it uses. */
  load<T>(name: string): T {
    return this.require(name) as T;
  }

  /** A package that is ESM alone. */
  async loadModule<T>(name: string): Promise<T> {
    return (await import(pathToFileURL(this.require.resolve(name)).href)) as T;
  }

  /** Where a file of a package is. */
  resolve(file: string): string {
    return this.require.resolve(file);
  }

  versionOf(name: string): string {
    const file = path.join(this.folder, 'node_modules', name, 'package.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
}

/** The npm that runs us, so that its settings hold; else the one on the path. */
function npm(): [string, ...string[]] {
  const running = process.env.npm_execpath ?? '';
  return /npm-cli\.c?js$/.test(running) && existsSync(running) ? [process.execPath, running] : ['npm'];
}
