import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** One thing wrong with one field of a request. */
export class FieldProblem {
  @ApiProperty({ description: 'Path of the field in the body.', example: 'variants.0.weight' })
  field!: string;

  @ApiProperty({ description: 'What is wrong with it.', example: 'weight must not be less than 0' })
  message!: string;
}

/** What every refusal looks like (RFC 9457, application/problem+json). */
export class Problem {
  @ApiProperty({
    description: 'Identifies the kind of problem; ends in its code.',
    example: 'urn:contender:error:VALIDATION_FAILED',
  })
  type!: string;

  @ApiProperty({ description: 'The code in words.', example: 'Validation failed' })
  title!: string;

  @ApiProperty({ description: 'HTTP status.', example: 400 })
  status!: number;

  @ApiProperty({ description: 'Stable code, listed in docs/errors.md.', example: 'VALIDATION_FAILED' })
  code!: string;

  @ApiProperty({
    description: 'What happened, naming the offending value.',
    example: '2 fields are not valid',
  })
  detail!: string;

  @ApiPropertyOptional({ description: 'Which fields are wrong, when fields are.', type: [FieldProblem] })
  errors?: FieldProblem[];

  @ApiProperty({
    description: 'Quote this when you ask for help.',
    example: '0190a0c0-0000-7000-8000-000000000000',
  })
  requestId!: string;
}

/** A problem in the words of its code. */
export function problemOf(
  code: string,
  status: number,
  detail: string,
  requestId: string,
  errors?: FieldProblem[],
): Problem {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return {
    type: `urn:contender:error:${code}`,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    status,
    code,
    detail,
    ...(errors && errors.length > 0 ? { errors } : {}),
    requestId,
  };
}
