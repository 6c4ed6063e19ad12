import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DATA_PLANE_ERRORS, EVENT_REJECTIONS } from '@app/wire';

const page = readFileSync(path.join(__dirname, '../../../../docs/errors.md'), 'utf8');
const section = page.slice(page.indexOf('## The data plane'), page.indexOf('## The command line'));
const [whole, single] = section.split('One event of a batch') as [string, string];

describe('docs/errors.md', () => {
  it('lists every code of the data plane with its status, and no other', () => {
    const rows = [...whole.matchAll(/^\| `([A-Z0-9_]+)`\s*\|.*\| (\d{3})\s*\|$/gm)];
    expect(Object.fromEntries(rows.map((row) => [row[1], Number(row[2])]))).toEqual(DATA_PLANE_ERRORS);
  });

  it('lists every reason not to take an event, in the words of the API description', () => {
    const rows = [...single.matchAll(/^\| `([A-Z0-9_]+)`\s*\| (.*?)\s*\|$/gm)];
    expect(Object.fromEntries(rows.map((row) => [row[1], row[2]]))).toEqual(EVENT_REJECTIONS);
  });
});
