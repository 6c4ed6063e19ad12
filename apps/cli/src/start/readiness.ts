import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@app/kernel';

/**
 * Waits until a plane says it is ready.
 * @throws DomainError `NOT_READY` after `limitMs`; whatever `signal` was aborted with
 */
export async function untilReady(
  name: string,
  url: string,
  { signal, limitMs = 120_000 }: { signal?: AbortSignal; limitMs?: number } = {},
): Promise<void> {
  let last = 'it does not answer';
  for (const began = performance.now(); ; await sleep(50)) {
    signal?.throwIfAborted();
    try {
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
      await answer.arrayBuffer();
      if (answer.ok) return;
      last = `it answers ${answer.status}`;
    } catch {
      last = 'it does not answer';
    }
    if (performance.now() - began > limitMs) {
      throw new DomainError('NOT_READY', `${name} at ${url} is not ready: ${last}.`, { name, url });
    }
  }
}
