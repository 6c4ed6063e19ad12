/** A unit as a service knows it. */
export interface Person {
  readonly unit: string;
  readonly plan: string;
}

const PLANS = ['pro', 'free', 'team'];

/** Ids that services use: counted, hexadecimal, addresses, with every printable sign. */
export function asciiPeople(count: number): Person[] {
  const kinds: ReadonlyArray<(n: number) => string> = [
    (n) => `user-${n}`,
    (n) => String(1_000_000 + n),
    (n) => (Math.imul(n, 2_654_435_761) >>> 0).toString(16).padStart(32, '0'),
    (n) => `name.${n}+tag@mail.example`,
    (n) => `~${n}!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}`,
  ];
  return people(count, kinds, ['named-1']);
}

/** Ids of other alphabets, composed and not, beyond the basic plane. */
export function otherPeople(count: number): Person[] {
  const kinds: ReadonlyArray<(n: number) => string> = [
    (n) => `用户-${n}`,
    (n) => `Zoë ${n}`,
    (n) => `Zoe\u0308 ${n}`,
    (n) => `🙂${n}👩‍👩‍👧`,
    (n) => `مستخدم ${n}`,
  ];
  return people(count, kinds, []);
}

function people(
  count: number,
  kinds: ReadonlyArray<(n: number) => string>,
  named: readonly string[],
): Person[] {
  return Array.from({ length: count }, (_, n) => ({
    unit: named[n] ?? kinds[n % kinds.length]!(n),
    plan: PLANS[(n >> 3) % PLANS.length]!,
  }));
}
