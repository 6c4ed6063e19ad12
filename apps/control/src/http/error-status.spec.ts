import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorStatus } from './error-status.js';

const ROOT = path.join(__dirname, '../../../..');
const ROW = /^\| `([A-Z][A-Z0-9_]+)`\s+\| (\d{3})\s+\|/gm;

function documented(): Record<string, number> {
  const page = readFileSync(path.join(ROOT, 'docs/errors.md'), 'utf8');
  return Object.fromEntries([...page.matchAll(ROW)].map((match) => [match[1], Number(match[2])]));
}

/** Codes thrown anywhere the control plane reaches: `new SomethingError('CODE', …)`. */
function thrown(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('spec.ts'))
    .flatMap((name) => [
      ...readFileSync(path.join(ROOT, folder, name), 'utf8').matchAll(
        /new (?:Domain|Control|Governance|Notification|Registry|Experiment|Subject|Segment|Holdout|Correction|Rollout|Analysis)Error\(\s*'([A-Z0-9_]+)'/g,
      ),
    ])
    .map((match) => match[1]!);
}

describe('error codes', () => {
  it('are in docs/errors.md, each with its status, and no other is', () => {
    expect(documented()).toEqual(errorStatus);
  });

  it('have a status wherever one is thrown', () => {
    const folders = [
      'governance',
      'notifications',
      'registry',
      'subjects',
      'segments',
      'holdouts',
      'experiments',
      'rulesets',
      'metrics',
      'analysis',
      'rollouts',
    ];
    const codes = [...folders.map((lib) => `libs/${lib}/src`), 'apps/control/src'].flatMap(thrown);
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !(code in errorStatus))).toEqual([]);
  });
});
