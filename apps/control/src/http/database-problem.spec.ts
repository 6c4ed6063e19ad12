import { databaseProblem } from './database-problem.js';

const error = (message: string, more: object = {}): Error => Object.assign(new Error(message), more);

describe('an error of the database', () => {
  it.each([
    ['nobody listens', error('connect ECONNREFUSED 127.0.0.1:5432', { code: 'ECONNREFUSED' })],
    ['the socket is gone', error('connect ENOENT /run/.s.PGSQL.5432', { code: 'ENOENT' })],
    ['an operator ended the session', error('terminating connection', { code: '57P01' })],
    ['it is starting up', error('the database system is starting up', { code: '57P03' })],
    ['the connection broke in the middle', error('Connection terminated unexpectedly')],
    ['the pool waited too long', error('timeout exceeded when trying to connect')],
    ['two changes met', error('deadlock detected', { code: '40P01' })],
  ])('says try again when %s, also wrapped by TypeORM', (_name, cause) => {
    for (const thrown of [cause, error('query failed', { driverError: cause }), error('outer', { cause })]) {
      expect(databaseProblem(thrown)?.code).toBe('DATABASE_UNAVAILABLE');
    }
  });

  it('blames the request for a value that no row can hold', () => {
    expect(
      databaseProblem(error('invalid byte sequence for encoding "UTF8": 0x00', { code: '22021' }))?.code,
    ).toBe('REQUEST_NOT_VALID');
  });

  it('is a fault of ours when it is none of these', () => {
    expect(databaseProblem(error('column "x" does not exist', { code: '42703' }))).toBeNull();
    expect(databaseProblem(new TypeError('undefined is not a function'))).toBeNull();
    expect(databaseProblem('a text')).toBeNull();
  });
});
