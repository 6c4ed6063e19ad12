/** How far a figure may be off: |got − expected| ≤ abs + rel × |expected|. */
export interface Tolerance {
  readonly rel?: number;
  readonly abs?: number;
  /** Replaces rel or abs for the field of that name and all below it; a string takes the field out of the test. */
  readonly overrides?: Readonly<Record<string, { rel?: number; abs?: number } | string>>;
}

/**
 * Differences between what a case expects and what the library gave, one line each; none means it passes.
 *
 * `expected` is walked: fields the library gives beyond it are not looked at. `null` means undefined and is only met
 * by null; "Infinity" and "-Infinity" stand for the numbers.
 */
export function differences(expected: unknown, got: unknown, tolerance: Tolerance, path = ''): string[] {
  if (expected === null) return got === null ? [] : [`${path}: expected undefined (null), got ${show(got)}`];
  if (expected === 'Infinity' || expected === '-Infinity') {
    return got === Number(expected) ? [] : [`${path}: expected ${expected}, got ${show(got)}`];
  }
  if (typeof expected === 'number')
    return isNear(expected, got, tolerance) ? [] : [numberLine(path, expected, got)];
  if (Array.isArray(expected)) {
    if (!Array.isArray(got) || got.length !== expected.length)
      return [`${path}: expected a list of ${expected.length}`];
    return expected.flatMap((item, i) => differences(item, got[i], tolerance, `${path}[${i}]`));
  }
  if (typeof expected === 'object') {
    if (typeof got !== 'object' || got === null) return [`${path}: expected figures, got ${show(got)}`];
    return Object.entries(expected as Record<string, unknown>).flatMap(([key, value]) => {
      const override = tolerance.overrides?.[key];
      if (typeof override === 'string') return [];
      const inner = override ? { ...tolerance, ...override } : tolerance;
      return differences(value, (got as Record<string, unknown>)[key], inner, path ? `${path}.${key}` : key);
    });
  }
  return expected === got ? [] : [`${path}: expected ${show(expected)}, got ${show(got)}`];
}

function isNear(expected: number, got: unknown, { rel = 0, abs = 0 }: Tolerance): boolean {
  if (typeof got !== 'number' || Number.isNaN(got)) return false;
  return got === expected || Math.abs(got - expected) <= abs + rel * Math.abs(expected);
}

function numberLine(path: string, expected: number, got: unknown): string {
  if (typeof got !== 'number') return `${path}: expected ${expected}, got ${show(got)}`;
  const off = Math.abs(got - expected) / Math.abs(expected || 1);
  return `${path}: expected ${expected}, got ${got} (relative ${off.toExponential(1)})`;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
