import { requireDomain } from '../stats-error.js';

/** Riemann's ζ(s) for s > 1: a dozen terms and Euler and Maclaurin's remainder (DLMF 25.2.8). */
export function riemannZeta(s: number): number {
  requireDomain(s > 1, 's', s, 'above 1');
  const n = 16;
  let sum = 0;
  for (let k = 1; k < n; k++) sum += k ** -s;
  sum += n ** (1 - s) / (s - 1) + 0.5 * n ** -s;
  const bernoulli = [1 / 12, -1 / 720, 1 / 30_240, -1 / 1_209_600, 1 / 47_900_160];
  let factor = s * n ** (-s - 1);
  bernoulli.forEach((b, j) => {
    sum += b * factor;
    factor *= ((s + 2 * j + 1) * (s + 2 * j + 2)) / (n * n);
  });
  return sum;
}
