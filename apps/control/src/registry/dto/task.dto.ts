import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';
import { IsKey, IsModelReference, IsText, MayBeAbsent } from '../../http/validators.js';

const HASH_SCHEMES = ['native-v1', 'unleash', 'growthbook-v2'] as const;

const IsUnitType = (): PropertyDecorator =>
  Matches(/^[a-z][a-z0-9_-]{0,49}$/, {
    message: 'unitType must be 1 to 50 lower-case letters, digits, hyphens or underscores, e.g. user',
  });

export class CreateTaskDto {
  @ApiProperty({
    description: 'What your code asks for. It never changes as experiments come and go.',
    example: 'support-reply',
  })
  @IsKey()
  key!: string;

  @ApiPropertyOptional({ description: 'For people; the key when left out.', example: 'Support reply' })
  @MayBeAbsent()
  @IsText(200)
  name?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'The answer a customer sees' })
  @IsOptional()
  @IsText(2000)
  description?: string | null;

  @ApiProperty({
    description:
      'What is randomised: `user`, `conversation`, `tenant`, `request`… One unit always gets the same answer. Fixed once traffic flowed.',
    example: 'user',
  })
  @IsUnitType()
  unitType!: string;

  @ApiPropertyOptional({
    description:
      'How units are hashed: `native-v1` says everything; `unleash` and `growthbook-v2` are for tasks that these SDKs evaluate by themselves, and refuse what they cannot say. Fixed once traffic flowed.',
    enum: HASH_SCHEMES,
    default: 'native-v1',
  })
  @MayBeAbsent()
  @IsIn(HASH_SCHEMES)
  hashScheme?: (typeof HASH_SCHEMES)[number];
}

export class UpdateTaskDto {
  @ApiPropertyOptional({ example: 'Support reply' })
  @MayBeAbsent()
  @IsText(200)
  name?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'The first answer a customer sees' })
  @IsOptional()
  @IsText(2000)
  description?: string | null;

  @ApiPropertyOptional({ description: 'Only before the first traffic.', example: 'user' })
  @MayBeAbsent()
  @IsUnitType()
  unitType?: string;

  @ApiPropertyOptional({ description: 'Only before the first traffic.', enum: HASH_SCHEMES })
  @MayBeAbsent()
  @IsIn(HASH_SCHEMES)
  hashScheme?: (typeof HASH_SCHEMES)[number];
}

export class SetChampionDto {
  @ApiProperty({ example: 'production' })
  @IsText(63)
  environment!: string;

  @ApiProperty({
    description: 'Who serves by default: `key` (its newest version) or `key@version`.',
    example: 'support-small',
  })
  @IsModelReference()
  model!: string;

  @ApiPropertyOptional({
    description: 'Tried in this order when the chosen model fails; left out: unchanged.',
    type: [String],
    example: ['support-large'],
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(10)
  @ArrayUnique()
  @IsModelReference(true)
  fallbacks?: string[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'For the audit log.',
    example: 'First champion',
  })
  @IsOptional()
  @IsText(2000)
  reason?: string | null;
}

export class SetSwitchDto {
  @ApiProperty({ example: 'production' })
  @IsText(63)
  environment!: string;

  @ApiProperty({
    description: 'false: everyone gets the champion at once, whatever experiments and rollouts say.',
    example: false,
  })
  @IsBoolean()
  enabled!: boolean;

  @ApiProperty({ description: 'For the audit log.', example: 'The provider is down' })
  @IsText(2000)
  reason!: string;
}

export class ForgetGatesDto {
  @ApiProperty({ example: 'production' })
  @IsText(63)
  environment!: string;

  @ApiProperty({ description: 'For the audit log.', example: 'The Unleash server was shut down' })
  @IsText(2000)
  reason!: string;
}

export class TaskEnvironmentDto {
  @ApiProperty({ example: 'production' })
  environment!: string;

  @ApiProperty({ type: String, nullable: true, example: 'support-small@1' })
  champion!: string | null;

  @ApiProperty({ type: [String], example: ['support-large@1'] })
  fallbacks!: readonly string[];

  @ApiProperty({ description: 'false while the kill switch is on.', example: true })
  enabled!: boolean;

  @ApiProperty({
    type: [String],
    description:
      'Flags of your own Unleash server that are closed: everyone gets the champion while there is one.',
    example: [],
  })
  closedGates!: readonly string[];

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  updatedAt!: Date;
}

export class TaskDto {
  @ApiProperty({ example: 'support-reply' })
  key!: string;

  @ApiProperty({ example: 'Support reply' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  description!: string | null;

  @ApiProperty({ example: 'user' })
  unitType!: string;

  @ApiProperty({ enum: HASH_SCHEMES, example: 'native-v1' })
  hashScheme!: (typeof HASH_SCHEMES)[number];

  @ApiProperty({ description: 'Salt of its position hash.', example: 'task:support-reply:position' })
  positionSalt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  firstTrafficAt!: Date | null;

  @ApiProperty({ example: 'first admin' })
  createdBy!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  createdAt!: Date;

  @ApiProperty({ type: [TaskEnvironmentDto], description: 'How each environment serves it.' })
  environments!: readonly TaskEnvironmentDto[];
}
