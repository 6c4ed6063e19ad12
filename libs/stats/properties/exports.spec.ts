import * as stats from '../src/index.js';
import { newMethods } from './calls/new-methods.js';
import { distributions } from './calls/distributions.js';
import { estimates } from './calls/estimates.js';
import { planning } from './calls/planning.js';
import { procedures } from './calls/procedures.js';
import { sequences } from './calls/sequences.js';
import { verdicts } from './calls/verdicts.js';

const covered = new Set(
  Object.keys({
    ...distributions,
    ...estimates,
    ...planning,
    ...procedures,
    ...sequences,
    ...verdicts,
    ...newMethods,
  }),
);

/** Exports that return no figure: they throw or they do not. */
const WITHOUT_FIGURES = ['StatsError', 'requireDomain', 'requireProbability'];

describe('the exported functions', () => {
  it('all have a property that they give sound figures or refuse', () => {
    const functions = Object.entries(stats).flatMap(([name, value]) =>
      typeof value === 'function' ? [name] : [],
    );
    const forgotten = functions.filter((name) => !covered.has(name) && !WITHOUT_FIGURES.includes(name));
    expect(forgotten).toEqual([]);
  });

  it('are what the properties call', () => {
    const gone = [...covered].filter((name) => !(name in stats));
    expect(gone).toEqual([]);
  });
});
