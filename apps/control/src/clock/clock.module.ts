import { Body, Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import {
  ApiBody,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import type { VirtualTime } from '@app/database';
import { IsBoolean, IsNumber, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { Access } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { IsInstant, toDate } from '../http/instant.js';
import { WithoutIdempotency } from '../http/idempotency.interceptor.js';
import { TAGS } from '../openapi/tags.js';
import { VirtualClock } from './virtual-clock.js';

export class MoveTimeDto {
  @ApiPropertyOptional({
    description: 'The new time; never before the present one.',
    example: '2026-02-01T00:00:00Z',
  })
  @ValidateIf((body: MoveTimeDto) => body.now !== undefined)
  @IsInstant()
  now?: string;

  @ApiPropertyOptional({ description: 'Or: how many seconds to go forward.', example: 86400 })
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(10 * 365 * 86_400)
  advanceSeconds?: number;

  @ApiPropertyOptional({
    description: 'Keep looks and rollouts waiting (events are still counted) and answer at once.',
    default: false,
  })
  @IsOptional()
  @IsBoolean()
  hold?: boolean;
}

export class VirtualTimeDto {
  @ApiProperty({ type: String, format: 'date-time', example: '2026-02-01T00:00:00.000Z' })
  now!: Date;

  @ApiProperty({ example: false })
  held!: boolean;

  @ApiProperty({ description: 'Whether everything that became due is done.', example: true })
  settled!: boolean;
}

const view = (time: VirtualTime): VirtualTimeDto => ({
  now: time.now,
  held: time.held,
  settled: time.settled >= time.requested,
});

@ApiTags(TAGS.clock)
@Controller('api/v1/clock')
export class ClockController {
  constructor(private readonly clock: VirtualClock) {}

  @Get()
  @Access('viewer')
  @ApiOperation({ summary: 'What time is it?' })
  @ApiOkResponse({ type: VirtualTimeDto })
  @ApiProblems('CLOCK_NOT_VIRTUAL')
  async read(): Promise<VirtualTimeDto> {
    return view(await this.clock.read());
  }

  @Post()
  @HttpCode(200)
  @Access('admin')
  @WithoutIdempotency()
  @ApiOperation({
    summary: 'Move time',
    description: 'Answers when the workers have done everything that became due, or at once with `hold`.',
  })
  @ApiBody({ type: MoveTimeDto, examples: { 'a day': { value: { advanceSeconds: 86_400 } } } })
  @ApiOkResponse({ type: VirtualTimeDto })
  @ApiProblems('CLOCK_NOT_VIRTUAL', 'CLOCK_BACKWARDS', 'CLOCK_NOT_SETTLED')
  async move(@Body() body: MoveTimeDto): Promise<VirtualTimeDto> {
    return view(
      await this.clock.move({ now: toDate(body.now), advanceSeconds: body.advanceSeconds, hold: body.hold }),
    );
  }
}

@Module({ controllers: [ClockController], providers: [VirtualClock] })
export class ClockModule {}
