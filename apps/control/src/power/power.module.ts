import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  amountAgainst,
  type Baseline,
  correctedPower,
  effectAt,
  methodInflation,
  type PlanQuestion,
  splitAlpha,
  statedBaseline,
  unitsForBenefit,
} from '@app/stats';
import { Access } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ControlError } from '../http/control.errors.js';
import { WithoutIdempotency } from '../http/idempotency.interceptor.js';
import { POWER_EXAMPLE } from '../openapi/examples.js';
import { TAGS } from '../openapi/tags.js';
import { PowerDto, PowerResultDto } from './power.dto.js';

const WEEKS = [1, 2, 4];

@ApiTags(TAGS.power)
@Controller('api/v1/power')
export class PowerController {
  @Post()
  @HttpCode(200)
  @Access('viewer')
  @WithoutIdempotency()
  @ApiOperation({
    summary: 'How many units and days does it take?',
    description: 'Changes nothing. Sizes already include what the method’s looks cost.',
  })
  @ApiBody({ type: PowerDto, examples: { 'a score around 0.7': { value: POWER_EXAMPLE } } })
  @ApiOkResponse({ type: PowerResultDto })
  @ApiProblems('POWER_NOT_POSSIBLE')
  size(@Body() body: PowerDto): PowerResultDto {
    const baseline = baselineOf(body);
    const question = questionOf(body);
    const mde = amountAgainst(body.mde, baseline);
    const units = mde === null ? null : unitsForBenefit(question, baseline, mde);
    if (mde === null || units === null || !Number.isFinite(units)) {
      throw new ControlError(
        'POWER_NOT_POSSIBLE',
        `no number of units finds ${body.mde.value} ${body.mde.type} of ${body.baseline.mean}`,
      );
    }
    const weights = [question.control, ...question.treatments];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return {
      units,
      unitsPerVariant: weights.map((weight) => Math.ceil((units * weight) / total)),
      days: body.unitsPerDay === undefined ? null : units / body.unitsPerDay,
      inflation: methodInflation(question.method, {
        power: correctedPower(question),
        alpha: splitAlpha(question),
      }),
      mde,
      effects: body.unitsPerDay === undefined ? [] : effects(question, baseline, body.unitsPerDay),
    };
  }
}

function baselineOf({ baseline: { mean, sd } }: PowerDto): Baseline {
  if (sd !== undefined || (mean > 0 && mean < 1)) return statedBaseline(mean, sd);
  throw new ControlError(
    'POWER_NOT_POSSIBLE',
    `without an sd the mean is a rate between 0 and 1, not ${mean}`,
  );
}

function questionOf(body: PowerDto): PlanQuestion {
  const [control = 1, ...treatments] = body.weights ?? [1, 1];
  return {
    control,
    treatments,
    alpha: body.alpha ?? 0.05,
    power: body.power ?? 0.8,
    successMetrics: body.successMetrics ?? 1,
    guardrails: body.guardrails ?? 0,
    alphaNonInferiority: 0.05,
    method: body.method ?? 'sequential',
  };
}

function effects(question: PlanQuestion, baseline: Baseline, unitsPerDay: number): PowerResultDto['effects'] {
  return WEEKS.map((weeks) => {
    const units = Math.floor(unitsPerDay * 7 * weeks);
    const mde = effectAt(question, baseline, units) ?? 0;
    return {
      days: 7 * weeks,
      units,
      mde,
      relative: baseline.mean === 0 ? null : mde / Math.abs(baseline.mean),
    };
  });
}

@Module({ controllers: [PowerController] })
export class PowerModule {}
