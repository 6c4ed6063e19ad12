import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inRoot } from './root.mjs';

/** A failure the user can act on: told in one line, without a stack. */
export class Trouble extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs a program in the repository and resolves with its exit code and everything it said. */
export function capture(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: inRoot('.'),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code, signal) => resolve({ code: code ?? 1, signal, output }));
  });
}

/** Runs a program of node_modules with this Node. */
export function captureTool(script, args, options) {
  return capture(process.execPath, [inRoot(`node_modules/${script}`), ...args], options);
}

/**
 * npm passes SIGINT and SIGTERM on but cannot pass on its own kill -9; then we would live on without
 * a terminal and without anybody who knows of us. Some shells stand between npm and us.
 */
export function endWithParent() {
  if (!process.env.npm_lifecycle_event) return;
  const shell = /^(ba|da|z|k)?sh$/.test(nameOf(process.ppid));
  const ancestry = () => `${process.ppid} ${shell ? parentOf(process.ppid) : ''}`;
  const born = ancestry();
  const look = setInterval(() => {
    if (ancestry() === born) return;
    clearInterval(look); // once: a second signal means "at once"
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  look.unref();
}

function nameOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

function parentOf(pid) {
  try {
    // Fields after the name, which may hold blanks itself; the second is the parent.
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[1];
  } catch {
    return '';
  }
}
