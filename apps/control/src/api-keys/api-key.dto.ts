import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';

const ROLES = ['admin', 'editor', 'viewer', 'service'] as const;

export class CreateApiKeyDto {
  @ApiProperty({ description: 'Who or what holds it; printed in the audit log.', example: 'support-backend' })
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'name must not be blank' })
  name!: string;

  @ApiProperty({
    description:
      '`viewer` reads, `editor` runs experiments and rollouts, `admin` also makes keys and environments; `service` speaks to the data plane only.',
    enum: ROLES,
    example: 'service',
  })
  @IsIn(ROLES)
  role!: (typeof ROLES)[number];

  @ApiPropertyOptional({
    description: 'The only environment it may touch. Needed for `service`; left out: all of them.',
    example: 'production',
  })
  @IsOptional()
  @IsString()
  @Length(1, 63)
  environment?: string;
}

export class ApiKeyDto {
  @ApiProperty({ format: 'uuid', example: '019ab2f0-7c11-7b60-9f7e-3d7d6f1d2a10' })
  id!: string;

  @ApiProperty({ description: 'Part of the key that is not secret.', example: '4f1c09ab' })
  keyId!: string;

  @ApiProperty({ example: 'support-backend' })
  name!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null: every environment.',
    example: 'production',
  })
  environment!: string | null;

  @ApiProperty({ enum: ROLES, example: 'service' })
  role!: (typeof ROLES)[number];

  @ApiProperty({ example: 'first admin' })
  createdBy!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  createdAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  revokedAt!: Date | null;
}

export class CreatedApiKeyDto extends ApiKeyDto {
  @ApiProperty({
    description: 'The key itself. This is the only time it is shown.',
    example: 'ck_production_service_4f1c09ab0123456789abcdef0123456789abcdef01234567',
  })
  key!: string;
}
