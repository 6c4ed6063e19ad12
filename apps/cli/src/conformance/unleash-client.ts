import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import type { ConformanceContext } from './context.js';

/** The part of `unleash-client` that is used here. */
export interface UnleashClient {
  getVariant(
    name: string,
    context: object,
  ): { name: string; enabled: boolean; feature_enabled: boolean; payload?: { type: string; value: string } };
  isEnabled(name: string, context: object): boolean;
  getFeatureToggleDefinitions(): Array<{ name: string }>;
  on(event: string, listener: (...given: never[]) => void): void;
  destroy(): void;
  flushMetrics(): Promise<void>;
  readonly impactMetrics: {
    defineCounter(name: string, help: string): void;
    incrementCounter(name: string, value: number, flags?: { flagNames: string[]; context: object }): void;
  };
}

export interface UnleashOptions {
  readonly url: string;
  readonly key: string;
  readonly appName: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A real `unleash-client`, once it has its features. @throws Error when it does not get ready */
export async function readyUnleash(
  { peers, scratch }: ConformanceContext,
  { url, key, appName, more = {} }: UnleashOptions,
): Promise<UnleashClient> {
  const { Unleash } = peers.load<{ Unleash: new (options: object) => UnleashClient }>('unleash-client');
  const backupPath = mkdtempSync(path.join(scratch, 'unleash-'));
  const client = new Unleash({
    url,
    appName,
    backupPath,
    customHeaders: { Authorization: key },
    refreshInterval: 250,
    metricsInterval: 60_000,
    ...more,
  });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('unleash-client did not get its features in 20 s')),
      20_000,
    );
    const done = (after: () => void) => () => {
      clearTimeout(timer);
      after();
    };
    client.on('synchronized', done(resolve));
    client.on('error', ((error: Error) => done(() => reject(error))()) as never);
    client.on('warn', () => undefined);
  });
  return client;
}
