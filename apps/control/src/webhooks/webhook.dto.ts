import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsString, Length } from 'class-validator';
import { NOTICE_TYPES, type NoticeType, WEBHOOK_FORMATS, type WebhookFormat } from '@app/notifications';
import { IsKey, IsText, MayBeAbsent } from '../http/validators.js';

const LONGEST_URL = 2000;

export class ChangeWebhookDto {
  @ApiPropertyOptional({ example: 'Release channel' })
  @MayBeAbsent()
  @IsText(200)
  name?: string;

  @ApiPropertyOptional({
    description: '`https://`, or `http://` to this machine. Its path is never shown again nor logged.',
    example: 'https://hooks.example.com/contender',
  })
  @MayBeAbsent()
  @IsString()
  @Length(1, LONGEST_URL)
  url?: string;

  @ApiPropertyOptional({
    enum: WEBHOOK_FORMATS,
    description: '`json`: the notice as it is. `slack`: a message for an incoming webhook of Slack or alike.',
    example: 'json',
  })
  @MayBeAbsent()
  @IsIn(WEBHOOK_FORMATS)
  format?: WebhookFormat;

  @ApiPropertyOptional({
    enum: NOTICE_TYPES,
    isArray: true,
    description: 'Only these; empty or left out: all.',
    example: ['rollout.rolled-back', 'rollout.promoted', 'rollout.review-needed'],
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(NOTICE_TYPES.length)
  @IsIn(NOTICE_TYPES, { each: true })
  events?: NoticeType[];

  @ApiPropertyOptional({ description: 'A webhook that is off is told nothing.', example: true })
  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;
}

export class CreateWebhookDto {
  @ApiProperty({ example: 'release-channel' })
  @IsKey()
  key!: string;

  @ApiPropertyOptional({ description: 'The key when left out.', example: 'Release channel' })
  @MayBeAbsent()
  @IsText(200)
  name?: string;

  @ApiPropertyOptional({ description: 'Only notices of this one; left out: of all.', example: 'production' })
  @MayBeAbsent()
  @IsString()
  @Length(1, 63)
  environment?: string;

  @ApiProperty({
    description: '`https://`, or `http://` to this machine. Its path is never shown again nor logged.',
    example: 'https://hooks.example.com/contender',
  })
  @IsString()
  @Length(1, LONGEST_URL)
  url!: string;

  @ApiPropertyOptional({ enum: WEBHOOK_FORMATS, default: 'json', example: 'json' })
  @MayBeAbsent()
  @IsIn(WEBHOOK_FORMATS)
  format?: WebhookFormat;

  @ApiPropertyOptional({
    enum: NOTICE_TYPES,
    isArray: true,
    description: 'Only these; empty or left out: all.',
    example: ['rollout.rolled-back', 'rollout.promoted', 'rollout.review-needed'],
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(NOTICE_TYPES.length)
  @IsIn(NOTICE_TYPES, { each: true })
  events?: NoticeType[];
}

export class WebhookDto {
  @ApiProperty({ example: 'release-channel' })
  key!: string;

  @ApiProperty({ example: 'Release channel' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, description: 'null: of all.', example: 'production' })
  environment!: string | null;

  @ApiProperty({
    description: 'Without its path, which may be a secret.',
    example: 'https://hooks.example.com/…',
  })
  url!: string;

  @ApiProperty({ enum: WEBHOOK_FORMATS, example: 'json' })
  format!: WebhookFormat;

  @ApiProperty({ enum: NOTICE_TYPES, isArray: true, example: [] })
  events!: readonly NoticeType[];

  @ApiProperty({ example: true })
  enabled!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it was switched off by itself.',
    example: null,
  })
  disabledReason!: string | null;

  @ApiProperty({ example: 'first admin' })
  createdBy!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  createdAt!: Date;
}

export class WebhookWithSecretDto extends WebhookDto {
  @ApiProperty({
    description: 'What deliveries are signed with. This is the only time it is shown.',
    example: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDxTvSxTqWxYk=',
  })
  secret!: string;
}

export class DeliveryDto {
  @ApiProperty({
    format: 'uuid',
    description: 'The header `webhook-id`.',
    example: '019ab2f0-7c11-7b60-9f7e-3d7d6f1d2a10',
  })
  id!: string;

  @ApiProperty({ example: 'release-channel' })
  webhook!: string;

  @ApiProperty({ enum: NOTICE_TYPES, example: 'rollout.advanced' })
  type!: NoticeType;

  @ApiProperty({ example: 'reply-large' })
  subjectKey!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  createdAt!: Date;

  @ApiProperty({ enum: ['waiting', 'delivered', 'given-up'], example: 'delivered' })
  state!: 'waiting' | 'delivered' | 'given-up';

  @ApiProperty({ example: 1 })
  attempts!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  dueAt!: Date | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Status of the last answer.', example: 204 })
  lastStatus!: number | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  lastError!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-01-05T09:00:01.000Z' })
  deliveredAt!: Date | null;
}
