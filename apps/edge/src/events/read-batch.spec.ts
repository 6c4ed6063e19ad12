import { NOT_JSON, readBatch } from './read-batch.js';

describe('reading a batch', () => {
  it('takes an object with a list, or lines', () => {
    expect(readBatch('application/json', '{"events":[1,2]}')).toEqual([1, 2]);
    expect(readBatch('application/x-ndjson', '{"id":1}\r\n\n{"id":2}\n')).toEqual([{ id: 1 }, { id: 2 }]);
    expect(readBatch('application/x-ndjson', '')).toEqual([]);
  });

  it('judges a line that is not JSON like any other bad event', () => {
    expect(readBatch('application/x-ndjson', '{"id":1}\n{oops\n3')).toEqual([{ id: 1 }, NOT_JSON, 3]);
  });

  it.each([
    ['application/json', '{"events":[}', 'BODY_NOT_JSON'],
    ['application/json', '[]', 'VALIDATION_FAILED'],
    ['application/json', '{"events":{}}', 'VALIDATION_FAILED'],
    ['application/json', '{"events":[],"event":[]}', 'VALIDATION_FAILED'],
    ['application/json', `{"events":[${'1,'.repeat(5000)}1]}`, 'BATCH_TOO_LARGE'],
    ['application/x-ndjson', '1\n'.repeat(5001), 'BATCH_TOO_LARGE'],
    ['text/plain', '{"events":[]}', 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['', '{"events":[]}', 'MEDIA_TYPE_NOT_SUPPORTED'],
  ])('refuses %s %.40s with %s', (mediaType, text, code) => {
    expect(() => readBatch(mediaType, text)).toThrow(expect.objectContaining({ code }));
  });
});
