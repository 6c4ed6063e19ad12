import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { RAMP_TEMPLATES, type RampTemplate, ROLLOUT_STATES, type RolloutState } from '@app/rollouts';
import { IsInstant } from '../../http/instant.js';
import { PageQuery } from '../../http/pagination.js';
import { IsKey, IsName, IsText, MayBeAbsent } from '../../http/validators.js';

const finite = { allowNaN: false, allowInfinity: false };

export class StageDto {
  @ApiPropertyOptional({
    enum: ['shadow'],
    description:
      'The first stage only, with share 0: nobody gets the challenger. Its answers to mirrored requests, sent as outcomes with ' +
      '`source: "shadow"`, are compared with the champion’s to the same requests (`inferenceId`) of the same units.',
    example: 'shadow',
  })
  @MayBeAbsent()
  @IsIn(['shadow'])
  kind?: 'shadow';

  @ApiProperty({
    description:
      'Share of the task’s units on the challenger, above 0 and at most 0.5 (an equal-sized control runs beside it); 0 in a ' +
      'shadow stage. A last stage of 1 stands for the promotion itself.',
    example: 0.05,
  })
  @IsNumber(finite)
  @Min(0)
  @Max(1)
  share!: number;

  @ApiPropertyOptional({
    description:
      'How much wider than declared a guardrail’s margin is in this stage: wide while few units are exposed, 1 from a share of 0.25. ' +
      'Defaults by share: 5 below 5 %, 2 below 25 %, then 1. A margin above a quarter of the control’s value is refused.',
    example: 2,
    minimum: 1,
  })
  @MayBeAbsent()
  @IsNumber(finite)
  marginFactor?: number;

  @ApiPropertyOptional({
    description: 'Least time in the stage, in seconds.',
    example: 86400,
    default: 86400,
  })
  @MayBeAbsent()
  @IsNumber(finite)
  @Min(0)
  @Max(90 * 86_400)
  bakeSeconds?: number;

  @ApiPropertyOptional({
    description:
      'Least number of units that saw the challenger for the first time in this stage; in a shadow stage, of units with values of both models (default 200).',
    example: 100,
    default: 100,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  minUnits?: number;

  @ApiPropertyOptional({ description: 'Entering the stage needs a person’s approval.', default: false })
  @MayBeAbsent()
  @IsBoolean()
  requiresApproval?: boolean;
}

export class FreezeWindowDto {
  @ApiProperty({ format: 'date-time', example: '2026-11-26T00:00:00Z' })
  @IsInstant()
  from!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-30T00:00:00Z' })
  @IsInstant()
  to!: string;

  @ApiProperty({ example: 'Black Friday' })
  @IsText(500)
  reason!: string;
}

export class PromoteDto {
  @ApiProperty({ description: 'The variant whose model becomes the challenger.', example: 'large' })
  @IsName()
  variant!: string;

  @ApiPropertyOptional({
    description:
      'Why. May be left out when the latest look says SHIP. Otherwise it is needed, and the rollout begins at the first stage.',
    example: 'Better answers at the same price',
  })
  @MayBeAbsent()
  @IsText(2000)
  reason?: string;

  @ApiPropertyOptional({
    enum: RAMP_TEMPLATES,
    description:
      'What the rollout is for; the experiment’s template when left out. `quality-up` promotes on any proven gain, `cost-down` ' +
      'and `latency-down` on a proven decrease while quality is proven not to suffer. `emergency` is moved by people alone, up ' +
      'to 100 %; proven harm still rolls it back.',
  })
  @MayBeAbsent()
  @IsIn(RAMP_TEMPLATES)
  template?: RampTemplate;

  @ApiPropertyOptional({
    type: [StageDto],
    description: 'Stages with rising shares. Left out: 1 %, 5 %, 25 %, 50 %, then 100 %.',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => StageDto)
  stages?: StageDto[];

  @ApiPropertyOptional({
    type: [FreezeWindowDto],
    description: 'Times in which the share is not raised. Reducing it is always possible.',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => FreezeWindowDto)
  freezeWindows?: FreezeWindowDto[];

  @ApiPropertyOptional({
    description: 'Days after which an undecided rollout is stopped.',
    example: 90,
    default: 90,
  })
  @MayBeAbsent()
  @IsNumber(finite)
  @Min(1)
  @Max(365)
  maxRolloutDays?: number;

  @ApiPropertyOptional({
    description:
      'Units that had the winner in the experiment keep it. They count as exposure and are left out of estimates.',
    default: false,
  })
  @MayBeAbsent()
  @IsBoolean()
  carryWinners?: boolean;

  @ApiPropertyOptional({
    description:
      'The ramp decides and says so at every look, and does nothing: not even roll back. People move the rollout.',
    default: false,
  })
  @MayBeAbsent()
  @IsBoolean()
  dryRun?: boolean;
}

export class RehearseDto extends PromoteDto {
  @ApiPropertyOptional({
    description: 'Rollouts played per question; forty tell a chance to about eight points, in some seconds.',
    default: 40,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(500)
  runs?: number;

  @ApiPropertyOptional({ description: 'The same seed plays the same rollouts.', default: 1 })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(2 ** 32 - 1)
  seed?: number;
}

export class DecisionDto {
  @ApiProperty({
    description: 'Why; kept in the audit log and the receipt.',
    example: 'Seen the answers, they are fine',
  })
  @IsText(2000)
  reason!: string;
}

export class RolloutQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Key of a task, e.g. `support-reply`.' })
  @MayBeAbsent()
  @IsKey()
  task?: string;

  @ApiPropertyOptional({ description: 'Key of an environment, e.g. `production`.' })
  @MayBeAbsent()
  @IsKey()
  environment?: string;

  @ApiPropertyOptional({ enum: ROLLOUT_STATES })
  @MayBeAbsent()
  @IsIn(ROLLOUT_STATES)
  state?: RolloutState;
}
