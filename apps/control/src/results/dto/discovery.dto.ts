import { ApiProperty } from '@nestjs/swagger';

/** What e-BH over all exploratory metrics makes of one of them. */
export class DiscoveryDto {
  @ApiProperty({
    description: 'ln of the e-value of the current sequence against no difference.',
    example: 4.2,
  })
  logE!: number;

  @ApiProperty({
    description: 'Rate of false discoveries among all that are found, whenever one looks (e-BH).',
    example: 0.1,
  })
  rate!: number;

  @ApiProperty({ example: true })
  found!: boolean;
}
