import { crc32c } from './crc32c.js';

describe('CRC-32C', () => {
  // RFC 3720, B.4, and the check value of the catalogue of parametrised CRCs.
  it.each([
    ['123456789', Buffer.from('123456789'), 0xe3069283],
    ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
    ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['rising bytes', Buffer.from(Array.from({ length: 32 }, (_, n) => n)), 0x46dd794e],
    ['falling bytes', Buffer.from(Array.from({ length: 32 }, (_, n) => 31 - n)), 0x113fdb5c],
    ['nothing', Buffer.alloc(0), 0],
  ])('knows %s', (_what, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('can go on where it stopped, at any place', () => {
    const bytes = Buffer.from('what is written in two pieces is checked as one');
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes));
    }
  });
});
