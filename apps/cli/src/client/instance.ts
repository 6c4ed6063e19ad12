import { type Stack, startStack } from '../start/stack.js';
import { requireFreePort } from '../start/ports.js';
import { ApiClient } from './api-client.js';

/** A private instance in virtual time, with a client for each plane. */
export interface Instance {
  readonly stack: Stack;
  readonly control: ApiClient;
  readonly edge: ApiClient;
  /** Moves virtual time and holds scheduled work, so that the rows of a step can be sent first. */
  moveTo(now: Date): Promise<void>;
  /** Lets the work due at the present virtual time happen, and waits until it has. */
  settle(): Promise<void>;
}

export interface InstanceOptions {
  /** On the usual ports where they are free, for a person who will look at it. */
  readonly browsable?: boolean;
  readonly signal?: AbortSignal;
}

/** Starts an instance of its own, with one look a day, at a virtual instant. */
export async function startInstance(start: Date, options: InstanceOptions = {}): Promise<Instance> {
  const ports = options.browsable ? await usualPorts() : {};
  const stack = await startStack({
    clock: 'virtual',
    lookIntervalSeconds: 86_400,
    signal: options.signal,
    ...ports,
  });
  try {
    const control = new ApiClient(stack.controlUrl, stack.adminKey);
    await control.post('/api/v1/clock', { now: start.toISOString(), hold: true });
    const { key } = await control.post<{ key: string }>('/api/v1/api-keys', {
      name: 'calling service',
      environment: 'production',
      role: 'service',
    });
    return {
      stack,
      control,
      edge: new ApiClient(stack.edgeUrl, key),
      moveTo: async (now) =>
        void (await control.post('/api/v1/clock', { now: now.toISOString(), hold: true })),
      settle: async () => void (await control.post('/api/v1/clock', { hold: false })),
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function usualPorts(): Promise<{ controlPort?: number; edgePort?: number }> {
  try {
    await requireFreePort('127.0.0.1', 8080, 'CONTENDER_CONTROL_PORT');
    await requireFreePort('127.0.0.1', 8081, 'CONTENDER_EDGE_PORT');
    return { controlPort: 8080, edgePort: 8081 };
  } catch {
    return {};
  }
}
