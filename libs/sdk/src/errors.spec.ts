import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SDK_ERRORS } from './errors.js';

describe('the README', () => {
  it('lists every trouble in the words of the code, and no other', () => {
    const page = readFileSync(path.join(__dirname, '../README.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([A-Z_]+)`\s*\| (.*?)\s*\|$/gm)];
    expect(Object.fromEntries(rows.map((row) => [row[1], row[2]]))).toEqual(SDK_ERRORS);
  });
});
