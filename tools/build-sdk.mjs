#!/usr/bin/env node
// Makes the publishable package of libs/sdk in dist-sdk/ (or the folder given): libs/bucketing within it, as ES modules
// and as CommonJS, with types. By the compiler alone, which knows the types too; a bundler would know only half.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { prepare } from './prepare.mjs';
import { captureTool, Trouble } from './process.mjs';
import { inRoot } from './root.mjs';

const out = path.resolve(process.argv[2] ?? inRoot('dist-sdk'));

try {
  await prepare({ build: false });
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const outside = new Set();
  for (const format of ['esm', 'cjs']) {
    await compile(format);
    for (const name of rewrite(format)) outside.add(name);
  }
  writeManifest([...outside].sort());
  for (const file of ['README.md']) cpSync(inRoot(`libs/sdk/${file}`), path.join(out, file));
  cpSync(inRoot('LICENSE'), path.join(out, 'LICENSE'));
  console.log(out);
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  console.error(`contender: ${error.message}`);
  process.exitCode = error.exitCode;
}

async function compile(format) {
  const config = inRoot(`.cache/tsconfig.sdk-${format}.json`);
  mkdirSync(inRoot('.cache'), { recursive: true });
  // What the compiler makes of a file depends on the nearest package.json: libs/sdk has its own, libs/bucketing has not.
  const module =
    format === 'esm'
      ? { module: 'esnext', moduleResolution: 'bundler' }
      : { module: 'commonjs', moduleResolution: 'bundler' };
  writeFileSync(
    config,
    JSON.stringify({
      extends: '../tsconfig.json',
      compilerOptions: {
        ...module,
        target: 'es2022',
        rootDir: '../libs',
        outDir: path.join(out, format),
        paths: { '@app/bucketing': ['../libs/bucketing/src/index.ts'] },
        declaration: true,
        // The repository's own type check has looked at the same files.
        noCheck: true,
        sourceMap: false,
        incremental: false,
        tsBuildInfoFile: null,
        types: ['node'],
      },
      files: ['../libs/sdk/src/index.ts', '../libs/sdk/src/openfeature/index.ts'],
      include: [],
    }),
  );
  const { code, output } = await captureTool('typescript/bin/tsc', ['-p', config]);
  if (code === 0) return;
  process.stderr.write(output);
  throw new Trouble('The SDK does not compile; the compiler says why above.');
}

/** Points `@app/bucketing` at the copy within. @returns packages that are imported from outside */
function rewrite(format) {
  const folder = path.join(out, format);
  const bucketing = path.join(folder, 'bucketing/src/index.js');
  const outside = new Set();
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!/\.(js|d\.ts)$/.test(name)) continue;
    const file = path.join(folder, name);
    const toBucketing = path.relative(path.dirname(file), bucketing).split(path.sep).join('/');
    const text = readFileSync(file, 'utf8').replace(
      /(\bfrom\s*|\brequire\(\s*|\bimport\(\s*)(['"])([^'"]+)\2/g,
      (whole, before, quote, target) => {
        if (target === '@app/bucketing') {
          return `${before}${quote}${toBucketing.startsWith('.') ? '' : './'}${toBucketing}${quote}`;
        }
        if (!/^(\.|node:)/.test(target)) outside.add(target);
        return whole;
      },
    );
    writeFileSync(file, text);
  }
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ type: format === 'esm' ? 'module' : 'commonjs' }),
  );
  return outside;
}

/** What is imported from outside is a peer, or goes along inside the package. */
function writeManifest(outside) {
  const manifest = JSON.parse(readFileSync(inRoot('libs/sdk/package.json'), 'utf8'));
  const { dependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const bundled = outside.filter((name) => !(name in manifest.peerDependencies));
  for (const name of bundled) {
    if (!(name in dependencies)) throw new Trouble(`${name} is imported by the SDK and is no dependency.`);
    cpSync(inRoot(`node_modules/${name}`), path.join(out, 'node_modules', name), { recursive: true });
  }
  manifest.dependencies = Object.fromEntries(bundled.map((name) => [name, dependencies[name]]));
  manifest.bundleDependencies = bundled;
  writeFileSync(path.join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
