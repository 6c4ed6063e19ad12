import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { Database } from '@app/database';
import { type Actor, EnvironmentService } from '@app/governance';
import { Publisher } from '@app/registry';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ENVIRONMENT_EXAMPLE } from '../openapi/examples.js';
import { TAGS } from '../openapi/tags.js';

export class CreateEnvironmentDto {
  @ApiProperty({
    description: 'Lower-case letters, digits and hyphens; part of every key that is made for it.',
    example: 'eu-production',
  })
  @Matches(/^(?!all$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
    message: 'key must be lower-case letters, digits and hyphens (and not "all")',
  })
  key!: string;

  @ApiPropertyOptional({
    description: 'Shown to people; the key when left out.',
    example: 'Production in Europe',
  })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;
}

export class EnvironmentDto {
  @ApiProperty({ example: 'production' })
  key!: string;

  @ApiProperty({ example: 'Production' })
  name!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  createdAt!: Date;
}

@ApiTags(TAGS.environments)
@Controller('api/v1/environments')
export class EnvironmentsController {
  constructor(
    private readonly database: Database,
    private readonly environments: EnvironmentService,
    private readonly publisher: Publisher,
  ) {}

  @Get()
  @Access('viewer')
  @ApiOperation({
    summary: 'List environments',
    description: 'An instance begins with `production` and `staging`.',
  })
  @ApiOkResponse({ type: [EnvironmentDto] })
  @ApiProblems()
  list(): Promise<EnvironmentDto[]> {
    return this.environments.list();
  }

  @Post()
  @Access('admin')
  @ApiOperation({
    summary: 'Add an environment',
    description: 'Champions, experiments, rollouts, events and service keys each belong to one environment.',
  })
  @ApiBody({ type: CreateEnvironmentDto, examples: { europe: { value: ENVIRONMENT_EXAMPLE } } })
  @ApiCreatedResponse({ type: EnvironmentDto })
  @ApiProblems('KEY_TAKEN', 'ENVIRONMENT_NOT_ALLOWED')
  create(@Body() body: CreateEnvironmentDto, @CurrentActor() actor: Actor): Promise<EnvironmentDto> {
    return this.database.transaction(async () => {
      const environment = await this.environments.create(body, actor);
      await this.publisher.publish(environment.key, `environment ${environment.key} was created`);
      return environment;
    });
  }
}

@Module({ controllers: [EnvironmentsController] })
export class EnvironmentsModule {}
