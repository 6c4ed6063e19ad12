import { Counter, Histogram, Registry } from 'prom-client';
import { HotCounter, HotHistogram } from './hot-metrics.js';

const BOUNDS = [0.001, 0.01, 0.1];
const SECONDS = [0.0005, 0.001, 0.0011, 0.05, 0.1, 3];

describe('counts of hot paths', () => {
  it('are written as prom-client writes the same counts', async () => {
    const ours = new Registry();
    const theirs = new Registry();
    const counter = new HotCounter({ name: 'made', help: 'How many.', label: 'reason', registry: ours });
    const histogram = new HotHistogram({ name: 'took', help: 'How long.', bounds: BOUNDS, registry: ours });
    const labelNames = ['environment', 'reason'];
    const plain = new Counter({ name: 'made', help: 'How many.', labelNames, registers: [theirs] });
    const slow = new Histogram({
      name: 'took',
      help: 'How long.',
      labelNames: ['route', 'status'],
      buckets: BOUNDS,
      registers: [theirs],
    });
    const count = (environment: string, reason: string): void => {
      counter.inc(environment, reason);
      plain.inc({ environment, reason });
    };
    const observe = (route: string, status: number, seconds: number): void => {
      histogram.observe(route, status, seconds);
      slow.observe({ route, status }, seconds);
    };

    for (const reason of ['SPLIT', 'DEFAULT', 'SPLIT']) count('production', reason);
    count('staging', 'SPLIT');
    for (const seconds of SECONDS) observe('/a', 200, seconds);
    observe('/a', 404, 0.002);
    observe('/b', 200, 0.002);
    expect(await ours.metrics()).toBe(await theirs.metrics());

    count('production', 'SPLIT');
    observe('/b', 200, 1);
    expect(await ours.metrics()).toBe(await theirs.metrics());
  });
});
