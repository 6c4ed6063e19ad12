#!/usr/bin/env node
// Every command of the README: installs and builds when that is needed, then runs the command.
// Plain Node without dependencies, because on a fresh clone there are none yet.
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';
import { endWithParent, Trouble } from './process.mjs';
import { root } from './root.mjs';

const [command = 'help', ...rest] = process.argv.slice(2);

try {
  requireNode();
  endWithParent();
  if (command === 'test') {
    const { runTests } = await import('./test.mjs');
    process.exitCode = await runTests(rest);
  } else if (command === 'test:properties') {
    const { runProperties } = await import('./properties.mjs');
    process.exitCode = await runProperties(rest);
  } else {
    await prepare();
    if (command !== 'build') await runCommand();
  }
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  console.error(`contender: ${error.message}`);
  process.exitCode = error.exitCode;
}

// In this process, not in a child: signals and exit codes need no passing on.
async function runCommand() {
  const main = new URL('dist/apps/cli/src/main.js', root);
  process.argv = [process.argv[0], main.pathname, command, ...rest];
  await import(pathToFileURL(decodeURIComponent(main.pathname)));
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Trouble(`Node ${process.versions.node} is too old; version 20.19 or newer is needed.`);
}
