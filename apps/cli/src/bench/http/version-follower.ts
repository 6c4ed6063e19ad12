import { get, type ClientRequest, type IncomingMessage } from 'node:http';

/** Listens to an edge's stream of rulesets. */
export class VersionFollower {
  private version = 0;
  private readonly waiting = new Set<() => void>();

  private constructor(
    private readonly asked: ClientRequest,
    stream: IncomingMessage,
  ) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const told = /^data: ?(\{.*\})$/.exec(line)?.[1];
        if (told !== undefined) this.version = (JSON.parse(told) as { version: number }).version;
      }
      for (const look of this.waiting) look();
    });
  }

  static open(url: string, key: string): Promise<VersionFollower> {
    return new Promise((resolve, reject) => {
      const asked = get(`${url}/api/v1/ruleset/stream`, { headers: { authorization: `Bearer ${key}` } });
      asked.once('error', reject);
      asked.once('response', (stream) => {
        if (stream.statusCode === 200) resolve(new VersionFollower(asked, stream));
        else reject(new Error(`the stream answered ${stream.statusCode}`));
      });
    });
  }

  /** Ends when the edge answers from this version or a newer one. */
  reached(version: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.version < version) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }

  close(): void {
    this.asked.on('error', () => undefined).destroy();
  }
}
