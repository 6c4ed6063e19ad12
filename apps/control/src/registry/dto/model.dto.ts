import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Model, modelRef } from '@app/registry';
import { Type } from 'class-transformer';
import { IsNumber, IsObject, IsOptional, IsUrl, Length, Matches, Min, ValidateNested } from 'class-validator';
import { IsName, IsText, MayBeAbsent } from '../../http/validators.js';

export class ModelPriceDto {
  @ApiProperty({ description: 'ISO 4217 code the amounts are in.', example: 'USD' })
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be an ISO 4217 code such as USD' })
  currency!: string;

  @ApiPropertyOptional({ description: 'For a million tokens sent.', example: 0.4 })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  inputPerMillionTokens?: number;

  @ApiPropertyOptional({
    description: 'For a million tokens sent that the provider had cached.',
    example: 0.1,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  cachedInputPerMillionTokens?: number;

  @ApiPropertyOptional({ description: 'For a million tokens received.', example: 1.6 })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  outputPerMillionTokens?: number;

  @ApiPropertyOptional({ description: 'For each request, whatever its length.', example: 0 })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  perRequest?: number;
}

export class ModelLineageDto {
  @ApiPropertyOptional({ description: 'The model it was made from.', example: 'gpt-4.1-mini' })
  @MayBeAbsent()
  @IsText(200)
  baseModel?: string;

  @ApiPropertyOptional({ description: 'The fine-tune it is.', example: 'ft-2026-01-support' })
  @MayBeAbsent()
  @IsText(200)
  fineTune?: string;

  @ApiPropertyOptional({ description: 'Version of its prompt in your own repository.', example: '2026-01' })
  @MayBeAbsent()
  @IsText(200)
  promptVersion?: string;
}

/** The parts of a version that may be left out. */
class ModelContentDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'For people.',
    example: 'Answers since spring',
  })
  @IsOptional()
  @IsText(2000)
  description?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Address of the provider, when it is not its usual one.',
    example: 'https://api.openai.com/v1',
  })
  @IsOptional()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  @Length(1, 500)
  baseUrl?: string | null;

  @ApiPropertyOptional({
    type: Object,
    description: 'Handed to callers with every assignment, as they are.',
    example: { temperature: 0.2 },
  })
  @MayBeAbsent()
  @IsObject()
  parameters?: Record<string, unknown>;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'System prompt.', example: 'Be brief.' })
  @IsOptional()
  @IsText(100_000)
  prompt?: string | null;

  @ApiPropertyOptional({ type: ModelPriceDto, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ModelPriceDto)
  price?: ModelPriceDto | null;

  @ApiPropertyOptional({ type: ModelLineageDto, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ModelLineageDto)
  lineage?: ModelLineageDto | null;
}

export class CreateModelDto extends ModelContentDto {
  @ApiProperty({
    description: 'Your name for it. It never changes; versions are written `key@version`.',
    example: 'support-small',
  })
  @IsName()
  key!: string;

  @ApiProperty({ description: 'Who runs it.', example: 'openai' })
  @IsText(100)
  provider!: string;

  @ApiProperty({ description: 'Name of the model at its provider.', example: 'gpt-4.1-mini' })
  @IsText(200)
  name!: string;
}

/** What changes; the rest stays as it was. */
export class UpdateModelDto extends ModelContentDto {
  @ApiPropertyOptional({ description: 'Who runs it.', example: 'openai' })
  @MayBeAbsent()
  @IsText(100)
  provider?: string;

  @ApiPropertyOptional({ description: 'Name of the model at its provider.', example: 'gpt-4.1-mini' })
  @MayBeAbsent()
  @IsText(200)
  name?: string;
}

export class ModelDto {
  @ApiProperty({
    description: 'What experiments and champions call this version.',
    example: 'support-small@1',
  })
  ref!: string;

  @ApiProperty({ example: 'support-small' })
  key!: string;

  @ApiProperty({ example: 1 })
  version!: number;

  @ApiProperty({ example: 'openai' })
  provider!: string;

  @ApiProperty({ example: 'gpt-4.1-mini' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  description!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  baseUrl!: string | null;

  @ApiProperty({ type: Object, example: { temperature: 0.2 } })
  parameters!: Readonly<Record<string, unknown>>;

  @ApiProperty({ type: String, nullable: true, example: 'Be brief.' })
  prompt!: string | null;

  @ApiProperty({ type: ModelPriceDto, nullable: true })
  price!: ModelPriceDto | null;

  @ApiProperty({ type: ModelLineageDto, nullable: true })
  lineage!: ModelLineageDto | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it first served.',
    example: null,
  })
  firstServedAt!: Date | null;

  @ApiProperty({ example: 'first admin' })
  createdBy!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  createdAt!: Date;
}

export function modelDto({ id: _id, ...model }: Model): ModelDto {
  return { ref: modelRef(model), ...model };
}
