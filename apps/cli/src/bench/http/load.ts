import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** A request as bytes, with a place of fixed width in which each sending writes the number of a unit. */
export interface RequestShape {
  readonly bytes: Buffer;
  /** Where the digits of the unit stand; none: every sending is the same. */
  readonly unitAt: number | null;
}

export interface LoadOrder {
  readonly port: number;
  readonly shape: RequestShape;
  readonly connections: number;
  readonly durationMs: number;
  /** Requests a second, arriving at random (Poisson); without it each connection asks again as soon as it is answered. */
  readonly perSecond?: number;
  /** Unit of the n-th request. */
  readonly unitOf: (n: number) => number;
}

export interface LoadResult {
  readonly answers: number;
  readonly perSecond: number;
  /** Answers that were not 200. */
  readonly failures: number;
  /** From the moment a request was due (waiting for a free connection included) to the last byte of its answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export const UNIT_DIGITS = 8;

/** The request about one unit. */
export function requestAbout({ bytes, unitAt }: RequestShape, unit: number): Buffer {
  const copy = Buffer.from(bytes);
  if (unitAt !== null) copy.write(String(unit).padStart(UNIT_DIGITS, '0'), unitAt);
  return copy;
}
const HEAD_END = '\r\n\r\n';
const LENGTH = 'content-length: ';

/** One keep-alive connection with at most one request under way. */
class Connection {
  dueMs = 0;
  busy = false;
  private readonly bytes: Buffer;
  private expected = -1;
  private got = 0;
  private ok = true;

  private constructor(
    private readonly socket: Socket,
    private readonly shape: RequestShape,
    private readonly onAnswer: (one: Connection, ok: boolean) => void,
  ) {
    this.bytes = Buffer.from(shape.bytes);
    socket.on('data', (chunk) => this.read(chunk));
  }

  static open(order: LoadOrder, onAnswer: (one: Connection, ok: boolean) => void): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new Connection(socket, order.shape, onAnswer)));
    });
  }

  send(unit: number, dueMs: number): void {
    const { unitAt } = this.shape;
    if (unitAt !== null) {
      for (let place = unitAt + UNIT_DIGITS - 1, rest = unit; place >= unitAt; place -= 1) {
        this.bytes[place] = 48 + (rest % 10);
        rest = Math.floor(rest / 10);
      }
    }
    this.dueMs = dueMs;
    this.busy = true;
    this.socket.write(this.bytes);
  }

  close(): void {
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    if (this.expected < 0) {
      const end = chunk.indexOf(HEAD_END);
      if (end < 0) throw new Error('an answer whose head comes in pieces is not expected here');
      const head = chunk.toString('latin1', 0, end).toLowerCase();
      const at = head.indexOf(LENGTH);
      if (at < 0) throw new Error(`an answer without a length is not expected here: ${head}`);
      this.ok = head.startsWith('http/1.1 200');
      this.expected = end + HEAD_END.length + Number.parseInt(head.slice(at + LENGTH.length), 10);
      this.got = 0;
    }
    this.got += chunk.length;
    if (this.got < this.expected) return;
    this.expected = -1;
    this.busy = false;
    this.onAnswer(this, this.ok);
  }
}

/** Puts a server under load from this process, on raw sockets, since whoever measures shares the machine's cores. */
export async function putUnderLoad(order: LoadOrder): Promise<LoadResult> {
  const latencies: number[] = [];
  let sent = 0;
  let failures = 0;
  let running = true;
  const waiting: number[] = [];
  const idle: Connection[] = [];
  const send = (one: Connection, dueMs: number): void => one.send(order.unitOf(sent++), dueMs);
  const onAnswer = (one: Connection, ok: boolean): void => {
    const nowMs = performance.now();
    latencies.push(nowMs - one.dueMs);
    if (!ok) failures += 1;
    if (order.perSecond === undefined) {
      if (running) send(one, nowMs);
      return;
    }
    const next = waiting.shift();
    if (next === undefined) idle.push(one);
    else send(one, next);
  };
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () => Connection.open(order, onAnswer)),
  );
  const beganMs = performance.now();
  if (order.perSecond === undefined) {
    for (const one of connections) send(one, performance.now());
    await sleep(order.durationMs);
  } else {
    idle.push(...connections);
    await arrivals(order.perSecond, order.durationMs, (dueMs) => {
      const one = idle.pop();
      if (one) send(one, dueMs);
      else waiting.push(dueMs);
    });
  }
  running = false;
  const spentMs = performance.now() - beganMs;
  const answers = latencies.length;
  while (connections.some(({ busy }) => busy)) await sleep(5);
  for (const one of connections) one.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.min(answers - 1, Math.floor(share * answers))] ?? NaN;
  return {
    answers,
    perSecond: (answers / spentMs) * 1000,
    failures,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: latencies.at(-1) ?? NaN,
  };
}

/** Calls `arrive` at the instants of a Poisson process, noticed once a millisecond: a busy loop would take a core. */
function arrivals(perSecond: number, durationMs: number, arrive: (dueMs: number) => void): Promise<void> {
  return new Promise((resolve) => {
    const endMs = performance.now() + durationMs;
    const gapMs = (): number => (-Math.log(1 - Math.random()) * 1000) / perSecond;
    let nextMs = performance.now() + gapMs();
    const tick = (): void => {
      const nowMs = performance.now();
      for (; nextMs <= nowMs; nextMs += gapMs()) arrive(nowMs);
      if (nowMs < endMs) setTimeout(tick, 1);
      else resolve();
    };
    tick();
  });
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
