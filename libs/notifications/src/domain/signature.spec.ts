import { sign, verify } from './signature.js';

// The example of the Standard Webhooks specification.
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const AT = 1614265330;
const BODY = '{"test": 2432232314}';
const PUBLISHED = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

const headers = { 'webhook-id': ID, 'webhook-timestamp': String(AT), 'webhook-signature': PUBLISHED };

describe('signatures of deliveries', () => {
  it('are those of the specification', () => {
    expect(sign(SECRET, ID, AT, BODY)).toBe(PUBLISHED);
  });

  it('hold for the body, the id and the time they were made for, and for five minutes', () => {
    expect(verify(SECRET, headers, BODY, AT + 299)).toBe(true);
    expect(verify(SECRET, headers, `${BODY} `, AT)).toBe(false);
    expect(verify(SECRET, { ...headers, 'webhook-id': 'another' }, BODY, AT)).toBe(false);
    expect(verify(SECRET, { ...headers, 'webhook-timestamp': String(AT + 1) }, BODY, AT)).toBe(false);
    expect(verify(SECRET, headers, BODY, AT + 301)).toBe(false);
    expect(verify(SECRET, headers, BODY, AT - 301)).toBe(false);
  });

  it('may be one of several while a secret is exchanged, and missing headers prove nothing', () => {
    const several = { ...headers, 'webhook-signature': `v1,AAAA ${PUBLISHED}` };
    expect(verify(SECRET, several, BODY, AT)).toBe(true);
    expect(verify(SECRET, {}, BODY, AT)).toBe(false);
    expect(verify(SECRET, { ...headers, 'webhook-timestamp': 'soon' }, BODY, AT)).toBe(false);
  });
});
