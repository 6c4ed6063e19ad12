import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** What a source names as `code: 'X'` or `code: … ? 'X' : 'Y'`. */
function codesOf(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/spec\.ts$|testing/.test(file))
    .flatMap((file) => [
      ...read(path.join(folder, file)).matchAll(/code: (?:[^'\n]*\? )?'([A-Z_]+)'(?: : '([A-Z_]+)')?/g),
    ])
    .flatMap(([, first, second]) => [first!, ...(second ? [second] : [])]);
}

const documented = (page: string): Set<string> =>
  new Set([...page.matchAll(/^\| `([A-Z0-9_]+)`/gm)].map((row) => row[1]!));

describe('docs/reasons.md', () => {
  const page = read('docs/reasons.md');
  const [ofVerdicts, ofSteps] = page.split('## Of a step').map(documented) as [Set<string>, Set<string>];
  const errors = documented(read('docs/errors.md'));

  it.each([
    ['libs/stats/src/verdict', ofVerdicts],
    ['libs/rollouts/src', ofSteps],
  ])('has a row for every reason of %s, and no other', (folder, rows) => {
    const codes = new Set(codesOf(folder).filter((code) => !errors.has(code)));
    expect([...rows].toSorted()).toEqual([...codes].toSorted());
  });
});
