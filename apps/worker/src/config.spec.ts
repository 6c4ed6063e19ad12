import { readWorkerConfig } from './config.js';

const DATABASE_URL = 'postgres://contender@localhost/contender';
const UNLEASH = { UNLEASH_URL: 'https://unleash.example.com/', UNLEASH_API_TOKEN: '*:production.abc' };
const read = (more: NodeJS.ProcessEnv) => readWorkerConfig({ DATABASE_URL, ...more });

describe('the upstream in a worker’s configuration', () => {
  it('is none unless it is said', () => {
    expect(read({}).upstream).toBeNull();
  });

  it.each(['https://u.example', 'https://u.example/', 'https://u.example/api', 'https://u.example/api/'])(
    'has one address however it is written: %s',
    (UNLEASH_URL) => expect(read({ ...UNLEASH, UNLEASH_URL }).upstream!.url).toBe('https://u.example/api'),
  );

  it('writes there only with a token for it', () => {
    expect(read(UNLEASH).upstream!.admin).toBeNull();
    expect(read({ ...UNLEASH, UNLEASH_ADMIN_TOKEN: 'user:xyz' }).upstream!.admin).toEqual({
      url: 'https://unleash.example.com/api',
      token: 'user:xyz',
      project: 'default',
      environment: 'production',
    });
  });

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['an address without a token', { UNLEASH_URL: 'https://u.example' }, /UNLEASH_API_TOKEN is not set/],
    ['a token without an address', { UNLEASH_API_TOKEN: 'secret-token' }, /UNLEASH_URL is not set/],
    ['an address with a password', { ...UNLEASH, UNLEASH_URL: 'https://a:secret@u.example' }, /UNLEASH_URL/],
    ['something that is no address', { ...UNLEASH, UNLEASH_URL: 'unleash' }, /UNLEASH_URL/],
    ['a token over two lines', { ...UNLEASH, UNLEASH_API_TOKEN: 'secret\nsecret' }, /UNLEASH_API_TOKEN/],
  ])('refuses %s, and never shows a secret', (_what, more, message) => {
    expect(() => read(more)).toThrow(message);
    expect(() => read(more)).not.toThrow(/secret/);
  });
});
