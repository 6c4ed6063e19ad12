import type { ApiClient } from '../client/api-client.js';

/** Tasks and experiments of a crash run: one whose callers say the arms themselves, one that the edge assigns. */
export async function setUpCrashWorld(control: ApiClient): Promise<void> {
  for (const key of ['old', 'new']) {
    await control.post('/api/v1/models', { key, provider: 'test', name: key });
  }
  for (const [key, kind] of [
    ['good', 'proportion'],
    ['clicks', 'count'],
    ['solved', 'mean'],
  ]) {
    await control.post('/api/v1/metrics', { key, name: key, kind, direction: 'increase' });
  }
  await openExperiment(control, 'told', 'given', ['good', 'clicks']);
  await openExperiment(control, 'asked', 'platform', ['solved']);
}

async function openExperiment(
  control: ApiClient,
  key: string,
  assignment: 'given' | 'platform',
  metrics: readonly string[],
): Promise<void> {
  await control.post('/api/v1/tasks', { key, name: key, unitType: 'user' });
  await control.put(`/api/v1/tasks/${key}/champion`, { environment: 'production', model: 'old' });
  await control.post('/api/v1/experiments', {
    key,
    name: key,
    task: key,
    environment: 'production',
    hypothesis: 'Nothing is lost',
    assignment,
    variants: [
      { key: 'old', model: 'old', weight: 1, control: true },
      { key: 'new', model: 'new', weight: 1, control: false },
    ],
    trafficShare: 1,
    metrics: metrics.map((metric) => ({ metric, role: 'success', mde: { value: 0.05, type: 'relative' } })),
    plan: { method: 'sequential', alpha: 0.05, power: 0.8, plannedUnits: 10_000, minDays: 7 },
  });
  await control.post(`/api/v1/experiments/${key}/start`);
}
