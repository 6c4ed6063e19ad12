import type { Judge, Judgement } from './row.js';

/** Replicates from which a band in absolute figures holds as it stands; with fewer it widens by three standard errors. */
const SHARP = 10_000;

const errorOf = (rate: number, replicates: number): number => Math.sqrt((rate * (1 - rate)) / replicates);

/** Rounded as it is printed. */
export const shown = (value: number): string =>
  Math.abs(value) >= 1000 ? value.toFixed(0) : Number(value.toPrecision(4)).toString();

/** A rate that may not exceed `bar`, give or take three Monte-Carlo standard errors. */
export function atMost(output: string, bar: number): Judge {
  return (tally) => {
    const rate = tally.mean(output);
    const limit = bar + 3 * errorOf(bar, tally.count(output));
    return { figures: { [output]: rate }, band: `≤ ${shown(limit)}`, pass: rate <= limit };
  };
}

/** A rate that must reach `bar`, give or take three Monte-Carlo standard errors. */
export function atLeast(output: string, bar: number): Judge {
  return (tally) => {
    const rate = tally.mean(output);
    const limit = bar - 3 * errorOf(bar, tally.count(output));
    return { figures: { [output]: rate }, band: `≥ ${shown(limit)}`, pass: rate >= limit };
  };
}

/**
 * A rate between two bars that already leave room for chance at `sharpFrom` replicates; below that both move by three
 * standard errors. `low` null: no lower bar.
 */
export function rateWithin(output: string, low: number | null, high: number, sharpFrom = SHARP): Judge {
  return (tally) => {
    const rate = tally.mean(output);
    const replicates = tally.count(output);
    const slack = (bar: number): number => (replicates >= sharpFrom ? 0 : 3 * errorOf(bar, replicates));
    const [from, to] = [low === null ? 0 : low - slack(low), high + slack(high)];
    return {
      figures: { [output]: rate },
      band: low === null ? `≤ ${shown(to)}` : `${shown(from)} … ${shown(to)}`,
      pass: rate >= from && rate <= to,
    };
  };
}

/** A mean between two bars, each give or take `errors` of its own Monte-Carlo standard errors. */
export function meanWithin(output: string, low: number, high: number, errors = 0): Judge {
  return (tally) => {
    const mean = tally.mean(output);
    const slack = errors * tally.error(output);
    return {
      figures: { [output]: mean },
      band: `${shown(low - slack)} … ${shown(high + slack)}`,
      pass: mean >= low - slack && mean <= high + slack,
    };
  };
}

/** A median (the row collects the output) of at most `bar`. */
export function medianAtMost(output: string, bar: number): Judge {
  return (tally) => {
    const median = tally.median(output);
    return { figures: { [`median ${output}`]: median }, band: `≤ ${shown(bar)}`, pass: median <= bar };
  };
}

/** All of several. */
export function allOf(...judges: readonly Judge[]): Judge {
  return (tally) => {
    const parts = judges.map((judge) => judge(tally));
    return {
      figures: Object.assign({}, ...parts.map((part) => part.figures)) as Judgement['figures'],
      band: parts.map((part) => part.band).join(', '),
      pass: parts.every((part) => part.pass),
    };
  };
}

/** A rate that must exceed `bar` as it stands: what a broken method shows. */
export function above(output: string, bar: number): Judge {
  return (tally) => ({
    figures: { [output]: tally.mean(output) },
    band: `> ${shown(bar)}`,
    pass: tally.mean(output) > bar,
  });
}

/** A broken method: passes when the bar of the right one turns it down. */
export function mustFail(judge: Judge): Judge {
  return (tally) => {
    const { figures, band, pass } = judge(tally);
    return { figures, band: `not ${band}`, pass: !pass };
  };
}
