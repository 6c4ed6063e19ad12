import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Rng } from '@app/kernel';
import { hostileValue, pick } from './hostile-values.js';

/** What is sent to one address. */
export interface HostileBody {
  readonly path: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Ids of events it may hold; all of them new. */
  readonly ids: readonly string[];
}

const FIELDS = [
  'id',
  'type',
  'at',
  'task',
  'unit',
  'units',
  'metric',
  'value',
  'experiment',
  'rollout',
  'variant',
  'inferenceId',
  'assignmentId',
  'evaluator',
  'servedModel',
  'source',
  'comment',
  'attributes',
  'unknown',
  '__proto__',
];

/** Makes hostile bodies by a seed; ids are its own and never repeat, except where repeating is the point. */
export class HostileBodies {
  private next = 0;
  /** What chance makes too seldom to be sure of: each is sent once before chance rules. */
  private readonly rare = [() => this.events(TOO_MANY), () => this.bomb()];

  constructor(
    private readonly rng: Rng,
    private readonly prefix: string,
  ) {}

  make(): HostileBody {
    const { rng } = this;
    const rare = this.rare.pop();
    if (rare) return rare();
    const kind = rng.next();
    if (kind < 0.5) return this.events();
    if (kind < 0.6) return this.lines();
    if (kind < 0.8) return this.broken();
    if (kind < 0.88) return this.packed();
    return this.elsewhere();
  }

  /** With a check: a body whose bytes are changed on the way must not come to hold the id of another one. */
  private id(): string {
    this.next += 1;
    const id = `${this.prefix}-${this.next}`;
    return `${id}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
  }

  /** One event as JSON text: good, or with a field or two that are not. */
  private event(ids: string[]): string {
    const { rng } = this;
    const id = this.id();
    ids.push(id);
    const fields: Record<string, string> = {
      id: JSON.stringify(id),
      type: '"outcome"',
      at: JSON.stringify(new Date().toISOString()),
      task: '"reply"',
      unit: JSON.stringify(`unit-${Math.floor(rng.next() * 1000)}`),
      metric: '"quality"',
      value: String(rng.next()),
    };
    const spoiled = rng.next() < 0.4 ? 0 : 1 + Math.floor(rng.next() * 3);
    for (let n = 0; n < spoiled; n += 1) {
      const field = pick(rng, FIELDS);
      if (rng.next() < 0.2) delete fields[field];
      else fields[field] = hostileValue(rng);
    }
    const pairs = Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}:${value}`);
    // A name twice: the last one counts, whoever reads it.
    if (rng.next() < 0.02) pairs.push(`"id":${JSON.stringify(id)}`);
    return `{${pairs.join(',')}}`;
  }

  private size(): number {
    return this.rng.next() < 0.002 ? TOO_MANY : Math.floor(1 + this.rng.next() ** 3 * 30);
  }

  private batch(ids: string[], size = this.size()): string[] {
    return Array.from({ length: size }, () =>
      this.rng.next() < 0.05 ? hostileValue(this.rng) : this.event(ids),
    );
  }

  private events(size?: number): HostileBody {
    const ids: string[] = [];
    const text = `{"events":[${this.batch(ids, size).join(',')}]}`;
    return { path: '/api/v1/events', body: Buffer.from(text), headers: JSON_TYPE, ids };
  }

  private lines(): HostileBody {
    const ids: string[] = [];
    const end = pick(this.rng, ['\n', '\r\n', '\n\n', '\u2028', ' ']);
    const body = Buffer.from(this.batch(ids).join(end));
    return { path: '/api/v1/events', body, headers: { 'content-type': 'application/x-ndjson' }, ids };
  }

  /** Good bodies with bytes changed, cut, put in or said to be something else. */
  private broken(): HostileBody {
    const { rng } = this;
    const good = rng.next() < 0.7 ? this.events() : this.lines();
    const kind = Math.floor(rng.next() * 9);
    const at = Math.floor(rng.next() * good.body.length);
    const bytes = Buffer.from(good.body);
    switch (kind) {
      case 0:
        bytes[at] = Math.floor(rng.next() * 256);
        return { ...good, body: bytes };
      case 1:
        return { ...good, body: bytes.subarray(0, at) };
      case 2:
        return {
          ...good,
          body: Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xfe, 0xc0]), bytes.subarray(at)]),
        };
      case 3:
        return { ...good, body: Buffer.from(bytes.toString('utf8'), 'utf16le') };
      case 4:
        return { ...good, body: Buffer.concat([Buffer.from('\ufeff'), bytes]) };
      case 5:
        return { ...good, headers: { 'content-type': pick(rng, MEDIA_TYPES) } };
      case 6:
        return { ...good, headers: { ...good.headers, 'content-encoding': pick(rng, ENCODINGS) } };
      case 7:
        return { ...good, body: Buffer.from(hostileValue(rng)), ids: [] };
      default:
        return {
          ...good,
          body: Buffer.from(
            pick(rng, [
              '',
              ' ',
              '\0',
              '[]',
              '{}',
              '{"events":null}',
              '{"events":{}}',
              '{"events":[],"more":1}',
            ]),
          ),
          ids: [],
        };
    }
  }

  private packed(): HostileBody {
    const { rng } = this;
    const good = this.events();
    const headers = { ...good.headers, 'content-encoding': 'gzip' };
    const whole = gzipSync(good.body, { level: 1 });
    const at = Math.floor(rng.next() * whole.length);
    switch (Math.floor(rng.next() * 6)) {
      case 0:
        return { ...good, headers, body: whole };
      case 1:
        return { ...good, headers, body: whole.subarray(0, at) };
      case 2: {
        const bytes = Buffer.from(whole);
        bytes[at] = bytes[at]! ^ (1 << Math.floor(rng.next() * 8));
        return { ...good, headers, body: bytes };
      }
      case 3:
        return { ...good, headers, body: gzipSync(whole, { level: 1 }) };
      case 4:
        // Few, because each costs the edge the sixteen megabytes it unpacks before it says no.
        return rng.next() < 0.05
          ? this.bomb()
          : { ...good, headers, body: Buffer.concat([whole, Buffer.from('rest')]) };
      default:
        return { ...good, headers, body: good.body };
    }
  }

  private bomb(): HostileBody {
    const body = gzipSync(Buffer.alloc(20 * 1024 * 1024, 32), { level: 1 });
    return { path: '/api/v1/events', body, headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, ids: [] };
  }

  private elsewhere(): HostileBody {
    const { rng } = this;
    const path = pick(rng, [
      '/api/v1/feedback',
      '/api/v1/assignments',
      '/ofrep/v1/evaluate/flags',
      '/ofrep/v1/evaluate/flags/reply',
      '/ofrep/v1/evaluate/flags/%ff',
      '/api/v1/events?x=%00',
      '/api/v1/ruleset',
      '/api/v1/../events',
      '/%',
    ]);
    const fields = [
      'unit',
      'units',
      'task',
      'tasks',
      'attributes',
      'expose',
      'thumb',
      'rating',
      'comment',
      'context',
    ];
    const pairs = Array.from({ length: 1 + Math.floor(rng.next() * 4) }, () => {
      return `${JSON.stringify(pick(rng, fields))}:${rng.next() < 0.3 ? '"reply"' : hostileValue(rng)}`;
    });
    return { path, body: Buffer.from(`{${pairs.join(',')}}`), headers: JSON_TYPE, ids: [] };
  }
}

/** One more than a batch may hold. */
const TOO_MANY = 5001;
const JSON_TYPE = { 'content-type': 'application/json' };
const MEDIA_TYPES = [
  'text/plain',
  'application/x-ndjson; charset=utf-16',
  'multipart/form-data; boundary=x',
  'application/json, text/html',
  'application/JSON',
  '',
];
const ENCODINGS = ['br', 'deflate', 'gzip, gzip', 'identity', 'x-gzip', '\t'];
