import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { IsInstant } from '../../http/instant.js';

export class ResultsQuery {
  @ApiPropertyOptional({
    description:
      'The look that was the latest at this moment, e.g. `2026-02-01T00:00:00Z`, instead of the latest of all.',
  })
  @IsOptional()
  @IsInstant()
  at?: string;

  @ApiPropertyOptional({
    description:
      'One of the dimensions declared before the start, e.g. `tier`: the same figures within each of its values. ' +
      'Exploratory: there is no verdict, and a difference that was looked for is no proof.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  dimension?: string;

  @ApiPropertyOptional({
    enum: ['json', 'csv'],
    default: 'json',
    description: '`csv`: one line per comparison and metric, for a spreadsheet.',
  })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

export class TimeseriesQuery {
  @ApiPropertyOptional({
    type: 'integer',
    description: 'How many of the last looks.',
    default: 200,
    minimum: 1,
    maximum: 1000,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit = 200;
}
