const ID_DIGITS = 10;
const UNIT_DIGITS = 6;
/** Units that events are about; all of them exposed before. */
export const UNITS = 100_000;

export const unitName = (number: number): string => `user-${String(number).padStart(UNIT_DIGITS, '0')}`;

/** Every number below 10^10 once, in an order without neighbours: ids come as random as UUIDs do. */
const scattered = (number: number): number => Number((BigInt(number) * 7_368_787n) % 10_000_000_019n) % 1e10;

/**
 * Bodies of batches, built once; each sending writes fresh ids and units into places of fixed width, so that the load
 * costs the machine as little as it can.
 */
export class BatchTemplate {
  private readonly bytes: Buffer;
  private readonly idsAt: number[] = [];
  private readonly unitsAt: number[] = [];
  private next = 0;

  /** @param series keeps the ids of several templates apart */
  constructor(
    readonly events: number,
    private readonly series: string,
  ) {
    const at = new Date().toISOString();
    const one =
      `{"id":"${series}-${'0'.repeat(ID_DIGITS)}","type":"outcome","task":"reply",` +
      `"unit":"${unitName(0)}","at":"${at}","metric":"quality","value":0.75,"evaluator":"judge"}`;
    const begin = '{"events":[';
    this.bytes = Buffer.from(`${begin}${Array.from({ length: events }, () => one).join(',')}]}`);
    for (let index = 0; index < events; index += 1) {
      const from = begin.length + index * (one.length + 1);
      this.idsAt.push(from + one.indexOf(series) + series.length + 1);
      this.unitsAt.push(from + one.indexOf('user-') + 'user-'.length);
    }
  }

  /** The next batch, in memory of its own. */
  fill(): Buffer {
    for (let index = 0; index < this.events; index += 1) {
      const number = this.next++;
      digits(this.bytes, this.idsAt[index]!, ID_DIGITS, scattered(number));
      digits(this.bytes, this.unitsAt[index]!, UNIT_DIGITS, (number * 7919 + this.series.length) % UNITS);
    }
    return Buffer.from(this.bytes);
  }
}

function digits(bytes: Buffer, at: number, width: number, number: number): void {
  for (let place = at + width - 1, rest = number; place >= at; place -= 1) {
    bytes[place] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
