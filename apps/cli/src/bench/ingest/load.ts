import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';

export interface Target {
  readonly edgeUrl: string;
  readonly key: string;
}

/** Sends batches of events over kept connections and holds every answer against what was sent. */
export class BatchLoad {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly target: Target) {}

  close(): void {
    this.agent.destroy();
  }

  /** As fast as answers come, so many at a time. @returns events a second, acknowledged and durable */
  async flatOut(bodies: readonly Buffer[], eventsEach: number, connections: number): Promise<number> {
    let next = 0;
    const began = performance.now();
    await Promise.all(
      Array.from({ length: connections }, async () => {
        for (let body = bodies[next++]; body; body = bodies[next++]) await this.send(body, eventsEach);
      }),
    );
    return ((bodies.length * eventsEach) / (performance.now() - began)) * 1000;
  }

  /** At a steady pace, whether answers come or not. @returns milliseconds to each acknowledgement, from when it was due */
  async atPace(
    bodies: () => Buffer,
    eventsEach: number,
    perSecond: number,
    forMs: number,
  ): Promise<number[]> {
    const gapMs = (1000 * eventsEach) / perSecond;
    const began = performance.now();
    const latencies: number[] = [];
    const sent: Promise<void>[] = [];
    for (let n = 0; n * gapMs < forMs; n += 1) {
      const due = began + n * gapMs;
      const body = bodies();
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      sent.push(this.send(body, eventsEach).then(() => void latencies.push(performance.now() - due)));
    }
    await Promise.all(sent);
    return latencies;
  }

  /** @throws Error anything but "all of them are stored now" */
  send(body: Buffer, events: number): Promise<void> {
    const { hostname, port } = new URL(this.target.edgeUrl);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.agent,
          hostname,
          port,
          path: '/api/v1/events',
          method: 'POST',
          headers: {
            authorization: `Bearer ${this.target.key}`,
            'content-type': 'application/json',
            'content-length': body.length,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            if (text === `{"accepted":${events},"duplicates":0,"rejected":[]}`) resolve();
            else reject(new Error(`a batch was answered with ${response.statusCode} ${text.slice(0, 300)}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
