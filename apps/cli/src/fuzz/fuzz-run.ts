import { Agent, request } from 'node:http';
import { SeededRng } from '@app/kernel';
import { DATA_PLANE_ERRORS } from '@app/wire';
import type { Pool } from 'pg';
import { type HostileBody, HostileBodies } from './hostile-bodies.js';
import { rawRequest, sendRaw } from './raw-requests.js';

export interface FuzzOrder {
  readonly edgeUrl: string;
  /** A service key. */
  readonly key: string;
  /** The edge's database, to see what was stored. */
  readonly database: Pick<Pool, 'query'>;
  readonly inputs: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

export interface FuzzReport {
  readonly seed: number;
  readonly inputs: number;
  /** Answers by status; `closed`: the connection was ended without one. */
  readonly answers: Readonly<Record<string, number>>;
  readonly acceptedEvents: number;
  readonly rejectedEvents: number;
  /** Empty: every answer was a clear one and nothing was counted in part. */
  readonly findings: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const AT_ONCE = 16;
const PATIENCE_MS = 30_000;
/** Share of inputs that go over bare sockets. */
const RAW_SHARE = 0.1;
/** More say no more than these. */
const MOST_FINDINGS = 20;

/** Sends hostile inputs to a running edge and holds every answer, and the database, against what was promised. */
export async function fuzzRun(order: FuzzOrder): Promise<FuzzReport> {
  const run = new FuzzRun(order);
  return run.finish();
}

class FuzzRun {
  private readonly rng: SeededRng;
  private readonly bodies: HostileBodies;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  private readonly answers: Record<string, number> = {};
  private readonly findings: string[] = [];
  private readonly refusedIds: string[] = [];
  private readonly sentIds = new Set<string>();
  private accepted = 0;
  private rejected = 0;
  private left: number;

  constructor(private readonly order: FuzzOrder) {
    this.rng = new SeededRng(order.seed);
    this.bodies = new HostileBodies(this.rng, `fuzz-${order.seed}`);
    this.left = order.inputs;
  }

  async finish(): Promise<FuzzReport> {
    const before = await this.storedCount();
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.work()));
    } finally {
      this.agent.destroy();
    }
    await this.audit(before);
    const { seed, inputs } = this.order;
    return {
      seed,
      inputs,
      answers: this.answers,
      acceptedEvents: this.accepted,
      rejectedEvents: this.rejected,
      findings: this.findings,
    };
  }

  private async work(): Promise<void> {
    while (this.left > 0 && this.findings.length < MOST_FINDINGS) {
      this.left -= 1;
      if (this.left % 10_000 === 0) this.order.say?.(`${this.order.inputs - this.left} inputs`);
      if (this.rng.next() < RAW_SHARE) await this.sendBytes();
      else await this.sendBody(this.bodies.make());
    }
  }

  private async sendBytes(): Promise<void> {
    const bytes = rawRequest(this.rng, this.order.key);
    const { status, hung } = await sendRaw(Number(new URL(this.order.edgeUrl).port), bytes, PATIENCE_MS);
    this.tally(status === null ? 'closed' : String(status));
    if (hung) this.find('a connection was neither answered nor ended', bytes);
    if (status !== null && status >= 500) this.find(`bare bytes were answered with ${status}`, bytes);
  }

  private async sendBody(hostile: HostileBody): Promise<void> {
    for (const id of hostile.ids) this.sentIds.add(id);
    let answer: Answer;
    try {
      answer = await this.post(hostile);
    } catch (error) {
      this.find(`no answer: ${(error as Error).message}`, hostile.body);
      return;
    }
    this.tally(String(answer.status));
    if (answer.status === 200 || answer.status === 304) {
      if (hostile.path === '/api/v1/events') this.judgeBatch(answer, hostile);
      return;
    }
    this.refusedIds.push(...hostile.ids);
    if (answer.status < 400 || answer.status >= 500) {
      this.find(`${hostile.path} answered ${answer.status}: ${answer.text.slice(0, 200)}`, hostile.body);
    } else if (hostile.path.startsWith('/api/v1/events')) this.judgeProblem(answer, hostile);
  }

  private judgeBatch({ text }: Answer, { body }: HostileBody): void {
    const { accepted, duplicates, rejected } = JSON.parse(text) as {
      accepted: number;
      duplicates: number;
      rejected: unknown[];
    };
    this.accepted += accepted;
    this.rejected += rejected.length;
    if (![accepted, duplicates].every((count) => Number.isInteger(count) && count >= 0)) {
      this.find(`an answer does not count: ${text.slice(0, 200)}`, body);
    }
  }

  private judgeProblem({ status, type, text }: Answer, { body }: HostileBody): void {
    const problem = type.startsWith('application/problem+json')
      ? (JSON.parse(text) as { code: string })
      : null;
    const known = DATA_PLANE_ERRORS as Readonly<Record<string, number>>;
    if (problem === null || known[problem.code] !== status) {
      this.find(`an unclear refusal: ${status} ${text.slice(0, 200)}`, body);
    }
  }

  /** Nothing of a refused request is there, and of the others exactly what was said. */
  private async audit(before: number): Promise<void> {
    const { database } = this.order;
    const stored = (await this.storedCount()) - before;
    if (stored !== this.accepted)
      this.findings.push(`${this.accepted} events were accepted and ${stored} are stored`);
    const { rows } = await database.query<{ id: string }>(
      'SELECT id FROM event_keys WHERE id = ANY($1::text[]) LIMIT 5',
      [this.refusedIds],
    );
    for (const { id } of rows) this.findings.push(`the event ${id} of a refused request is stored`);
    const health = await fetch(`${this.order.edgeUrl}/health/ready`);
    if (health.status !== 200) this.findings.push(`the edge is not ready afterwards: ${health.status}`);
  }

  private async storedCount(): Promise<number> {
    const { rows } = await this.order.database.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM event_keys JOIN (SELECT DISTINCT id FROM events WHERE type = 'outcome') stored USING (id)`,
    );
    return rows[0]!.count;
  }

  private post({ path, body, headers }: HostileBody): Promise<Answer> {
    const { edgeUrl, key } = this.order;
    const { hostname, port } = new URL(edgeUrl);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.agent,
          hostname,
          port,
          path,
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-length': body.length, ...headers },
          timeout: PATIENCE_MS,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              type: response.headers['content-type'] ?? '',
              text: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  private tally(what: string): void {
    this.answers[what] = (this.answers[what] ?? 0) + 1;
  }

  private find(what: string, bytes: Buffer): void {
    this.findings.push(`${what} (sent: ${JSON.stringify(bytes.subarray(0, 300).toString('latin1'))})`);
  }
}
