import type { Random } from './random.js';

const LAYERS = 256;
/** Where the base layer's tail begins, and the area of each layer, for 256 layers. */
const R = 3.6541528853610088;
const AREA = 0.00492867323399;

/** Right edges x[i] of the layers and the density there; x[0] is the base layer stretched to hold the tail. */
const X = new Float64Array(LAYERS + 1);
const F = new Float64Array(LAYERS + 1);
const density = (x: number): number => Math.exp(-0.5 * x * x);
X[0] = AREA / density(R);
X[1] = R;
for (let i = 2; i < LAYERS; i++) {
  X[i] = Math.sqrt(-2 * Math.log(AREA / X[i - 1]! + density(X[i - 1]!)));
}
X[LAYERS] = 0;
for (let i = 0; i <= LAYERS; i++) F[i] = density(X[i]!);

/**
 * A standard normal number, by the ziggurat with 256 layers; layer and value come from different words.
 *
 * @see Marsaglia, Tsang (2000), The ziggurat method for generating random variables, J. Stat. Softw. 5,
 *   doi:10.18637/jss.v005.i08; Doornik (2005) on drawing the layer apart
 */
export function normal(random: Random): number {
  for (;;) {
    const layer = random.bits() & 255;
    // Signed and never 0: (−1, 1).
    const u = (random.bits() + 0.5) * 4.656612873077393e-10;
    const x = u * X[layer]!;
    if (Math.abs(x) < X[layer + 1]!) return x;
    if (layer === 0) return tail(random, u < 0);
    const f = F[layer]! + random.uniform() * (F[layer + 1]! - F[layer]!);
    if (f < density(x)) return x;
  }
}

/** Beyond R (Marsaglia 1964). */
function tail(random: Random, negative: boolean): number {
  for (;;) {
    const x = -Math.log(random.uniform52()) / R;
    const y = -Math.log(random.uniform52());
    if (2 * y > x * x) return negative ? -(R + x) : R + x;
  }
}
