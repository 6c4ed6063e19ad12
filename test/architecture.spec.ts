import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..');

/**
 * Libraries in the order in which they may know each other: each may import those of earlier rows, and of its own row
 * only where a row says so. The apps stand to the right of everything and never import each other.
 */
const ROWS: ReadonlyArray<{ libs: readonly string[]; leftToRight?: boolean }> = [
  { libs: ['kernel', 'stats', 'bucketing', 'wire'] },
  { libs: ['simulation'] },
  { libs: ['sdk'] },
  { libs: ['config', 'database', 'embedded-postgres', 'ruleset-deltas', 'spool'] },
  {
    libs: [
      'governance',
      'notifications',
      'registry',
      'subjects',
      'segments',
      'holdouts',
      'experiments',
      'rulesets',
      'assignment',
      'events',
      'metrics',
      'analysis',
      'rollouts',
    ],
    leftToRight: true,
  },
  { libs: ['testing'] },
];

/** Libraries that may know fewer than their row allows. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  simulation: ['kernel', 'stats'],
  sdk: ['bucketing'],
};

/** Pure libraries that stand alone; stats and bucketing can be published as they are. */
const ALONE = ['stats', 'bucketing', 'kernel'];

/** What only certain places may touch. */
const RESERVED: ReadonlyArray<{ module: RegExp; allowed: RegExp; why: string }> = [
  {
    module: /^(typeorm|@nestjs\/typeorm)$/,
    allowed:
      /\/persistence\/|^libs\/database\/|\.module\.ts$|^libs\/testing\/|^migrations\/|^apps\/[^/]+\/src\/(app|worker)\.module\.ts$/,
    why: 'only persistence, modules and the database library know TypeORM',
  },
  {
    module: /^@nestjs\//,
    allowed: /^apps\/|\.module\.ts$|\.service\.ts$|\/persistence\/|^libs\/database\/|^libs\/testing\//,
    why: 'domain and ports know no framework',
  },
  { module: /^(express|swagger-ui-express)$/, allowed: /^apps\//, why: 'HTTP lives in apps' },
  {
    module: /^pg$/,
    allowed: /\/persistence\/|^libs\/(database|embedded-postgres|testing)\/|^apps\/(edge|worker|cli)\//,
    why: 'SQL lives in persistence',
  },
];

interface Import {
  file: string;
  target: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/spec\.ts$|\.d\.ts$/.test(name))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => ({ file, target: (match[1] ?? match[2])! }));
}

const libImports = sourceFiles('libs').flatMap(importsOf);
const allImports = [...libImports, ...sourceFiles('apps').flatMap(importsOf)];
const libOf = (file: string): string => file.split('/')[1]!;

function mayImport(from: string, to: string): boolean {
  if (from === to) return false;
  const fromRow = ROWS.findIndex((row) => row.libs.includes(from));
  const toRow = ROWS.findIndex((row) => row.libs.includes(to));
  if (toRow < 0 || fromRow < 0) return false;
  if (ALONE.includes(from)) return false;
  if (ONLY[from]) return ONLY[from].includes(to);
  if (toRow !== fromRow) return toRow < fromRow;
  const row = ROWS[fromRow]!;
  return row.leftToRight === true && row.libs.indexOf(to) < row.libs.indexOf(from);
}

describe('the architecture', () => {
  it('knows every library', () => {
    const folders = readdirSync(path.join(ROOT, 'libs')).sort();
    expect(folders).toEqual(ROWS.flatMap((row) => row.libs).sort());
  });

  it('reads import lines', () => {
    expect(allImports.length).toBeGreaterThan(100);
  });

  it('lets libraries import only what stands to their left', () => {
    const wrong = libImports
      .map(({ file, target }) => ({ file, lib: /^@app\/([^/]+)/.exec(target)?.[1] }))
      .filter(({ file, lib }) => lib !== undefined && !mayImport(libOf(file), lib))
      .map(({ file, lib }) => `${file} imports @app/${lib}`);
    expect(wrong).toEqual([]);
  });

  it('lets nobody import past the public face of a library', () => {
    const wrong = allImports
      .filter(({ file, target }) => {
        if (/^@app\/[^/]+\//.test(target)) return true;
        if (!target.startsWith('.')) return false;
        const resolved = path.posix.join(path.posix.dirname(file), target);
        const [top, lib] = resolved.split('/');
        return top === 'libs' && !file.startsWith(`libs/${lib}/`);
      })
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it('keeps the apps apart', () => {
    const wrong = allImports
      .filter(({ file, target }) => {
        if (!file.startsWith('apps/') || !target.startsWith('.')) return false;
        const resolved = path.posix.join(path.posix.dirname(file), target);
        return resolved.startsWith('apps/') && libOf(resolved) !== libOf(file);
      })
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it('keeps domain folders free of services, persistence and ports', () => {
    const wrong = libImports
      .filter(
        ({ file, target }) =>
          file.includes('/domain/') && /persistence|\.service|\.module|\/ports\//.test(target),
      )
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it.each(RESERVED)('holds that $why', ({ module, allowed }) => {
    const wrong = allImports
      .filter(({ file, target }) => module.test(target) && !allowed.test(file))
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it('refuses an import that points the wrong way', () => {
    expect(mayImport('registry', 'rollouts')).toBe(false);
    expect(mayImport('stats', 'kernel')).toBe(false);
    expect(mayImport('rollouts', 'registry')).toBe(true);
  });
});
