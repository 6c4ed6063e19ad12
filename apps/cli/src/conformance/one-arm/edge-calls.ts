import { Agent, request } from 'node:http';

/** POSTs to an edge over a few connections that stay open: a hundred thousand questions take minutes, not hours. */
export class EdgeCalls {
  private readonly agent: Agent;

  constructor(
    readonly url: string,
    readonly key: string,
    connections = 32,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** @throws Error when the answer is not 200 */
  post<T>(path: string, body: unknown): Promise<T> {
    const text = JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.key}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      };
      const asked = request(
        `${this.url}${path}`,
        { method: 'POST', headers, agent: this.agent },
        (answer) => {
          const pieces: Buffer[] = [];
          answer.on('data', (piece: Buffer) => pieces.push(piece));
          answer.on('error', reject);
          answer.on('end', () => {
            const given = Buffer.concat(pieces).toString('utf8');
            if (answer.statusCode === 200) resolve(JSON.parse(given) as T);
            else reject(new Error(`${path} answers ${answer.statusCode}: ${given.slice(0, 300)}`));
          });
        },
      );
      asked.on('error', reject);
      asked.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
