import type { IncomingMessage } from 'node:http';
import type { Exits, StreamOpener } from '../platform.js';

interface NodeParts {
  readonly openStream: StreamOpener;
  readonly readFile: (path: string) => string;
  readonly exits: Exits;
}

/**
 * What only Node has, or null elsewhere. Asked of the process, not imported: bundlers for browsers then find nothing that
 * they cannot resolve.
 */
export function nodeParts(): NodeParts | null {
  const { process } = globalThis as { process?: NodeJS.Process };
  if (typeof process?.getBuiltinModule !== 'function') return null;
  const fs = process.getBuiltinModule('node:fs');
  const http = process.getBuiltinModule('node:http');
  const https = process.getBuiltinModule('node:https');
  if (!fs || !http || !https) return null;
  return {
    openStream: streamBy({ http: http.request, https: https.request }),
    readFile: (path) => fs.readFileSync(path, 'utf8'),
    exits: exitsOf(process),
  };
}

type Request = typeof import('node:http').request;

/** Its socket does not keep the process alive, which fetch's would for as long as the stream is open. */
function streamBy(by: { http: Request; https: Request }): StreamOpener {
  return (url, headers, listener) => {
    let over = false;
    const end = (error?: unknown): void => {
      if (over) return;
      over = true;
      listener.end(error);
    };
    const request = (url.startsWith('https:') ? by.https : by.http)(url, { headers, agent: false });
    request.on('socket', (socket) => socket.unref());
    request.on('error', end);
    request.on('response', (answer: IncomingMessage) => {
      if (over) return;
      listener.status(answer.statusCode ?? 0);
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => {
        if (!over) listener.text(text);
      });
      answer.on('error', end);
      answer.on('close', () => end());
    });
    request.end();
    return {
      close: () => {
        over = true;
        request.destroy();
      },
    };
  };
}

/** How many of the listeners of a signal are clients of ours. */
const ours = new Map<string, number>();

function exitsOf(process: NodeJS.Process): Exits {
  const onSignal = (signal: NodeJS.Signals, call: () => Promise<unknown>): (() => void) => {
    const handle = (): void => {
      // Whoever else listens decides when the process ends. Alone, the signal does what it would have done without us.
      const others = process.listenerCount(signal) - (ours.get(signal) ?? 0);
      void call().finally(() => {
        off();
        if (others === 0 && process.listenerCount(signal) === 0) process.kill(process.pid, signal);
      });
    };
    const off = (): void => {
      if (!process.listeners(signal).includes(handle)) return;
      process.off(signal, handle);
      ours.set(signal, ours.get(signal)! - 1);
    };
    ours.set(signal, (ours.get(signal) ?? 0) + 1);
    // First in line: a listener for once is gone from the count when its turn is over.
    process.prependListener(signal, handle);
    return off;
  };
  return {
    final: true,
    on: (signals, call) => {
      const idle = (): void => void call();
      process.on('beforeExit', idle);
      const offs = [
        () => process.off('beforeExit', idle),
        ...signals.map((signal) => onSignal(signal as NodeJS.Signals, call)),
      ];
      return () => {
        for (const off of offs) off();
      };
    },
  };
}
