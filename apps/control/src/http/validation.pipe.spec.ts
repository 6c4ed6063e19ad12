import { IsInt, IsNumber, Max, Min } from 'class-validator';
import { validationPipe } from './validation.pipe.js';
import { IsText } from './validators.js';

class Body {
  @IsText(10)
  name!: string;

  @IsNumber()
  @Min(0)
  @Max(5)
  weight!: number;

  @IsInt()
  @Min(1)
  days!: number;
}

async function refusal(body: unknown): Promise<Array<{ field: string; message: string }>> {
  try {
    await validationPipe().transform(body, { type: 'body', metatype: Body });
    return [];
  } catch (error) {
    return (error as { details: { errors: Array<{ field: string; message: string }> } }).details.errors;
  }
}

describe('a refused body', () => {
  it('says of a missing field that it is missing, and nothing else of it', async () => {
    expect(await refusal({ weight: 1, days: 1 })).toEqual([{ field: 'name', message: 'name is missing' }]);
  });

  it('says of a value of another type which type it must be, and nothing else of it', async () => {
    expect(await refusal({ name: 'a', weight: 'half', days: 1 })).toEqual([
      { field: 'weight', message: expect.stringContaining('weight must be a number') },
    ]);
  });

  it('says every problem of a value of the right type, and every field', async () => {
    expect((await refusal({ name: ' '.repeat(11), weight: 9, days: 0 })).map(({ field }) => field)).toEqual([
      'name',
      'name',
      'weight',
      'days',
    ]);
  });

  it('names a field that is not known', async () => {
    expect(await refusal({ name: 'a', weight: 1, days: 1, colour: 'red' })).toEqual([
      { field: 'colour', message: 'colour is not a field of this request' },
    ]);
  });
});
