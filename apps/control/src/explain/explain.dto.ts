import { ApiProperty } from '@nestjs/swagger';
import { DECISION_SOURCES, REASONS } from '@app/bucketing';

export class ExplainedModelDto {
  @ApiProperty({ example: 'fast-model' })
  key!: string;

  @ApiProperty({ example: 2 })
  version!: number;

  @ApiProperty({ example: 'openai' })
  provider!: string;

  @ApiProperty({ description: 'The name the provider knows it by.', example: 'gpt-4.1-mini' })
  name!: string;
}

export class ExplanationStepDto {
  @ApiProperty({
    enum: ['task', 'enabled', 'unit', 'override', 'holdout', 'experiment', 'rollout', 'champion'],
    description: 'The rule that was asked, in the order in which the edge asks.',
    example: 'experiment',
  })
  rule!: string;

  @ApiProperty({
    description: 'Key of the experiment, rollout, holdout or task.',
    example: 'shorter-replies',
  })
  key!: string;

  @ApiProperty({ enum: ['passed', 'answered'], example: 'answered' })
  outcome!: string;

  @ApiProperty({
    description: 'What was compared with what.',
    example:
      'Position 12.500000 % is inside its range 0.000000 % to 50.000000 %, and variant position 71.250000 % is in variant "challenger" (range 50.000000 % to 100.000000 %): fast-model@2 serves.',
  })
  detail!: string;
}

export class ExplanationDto {
  @ApiProperty({ example: 'support-reply' })
  task!: string;

  @ApiProperty({ example: 'production' })
  environment!: string;

  @ApiProperty({ type: String, nullable: true, description: 'As asked.', example: 'user-42' })
  unit!: string | null;

  @ApiProperty({ description: 'The published rules this follows from.', example: 17 })
  rulesetVersion!: number;

  @ApiProperty({ type: ExplainedModelDto, nullable: true, description: 'Who serves.' })
  model!: ExplainedModelDto | null;

  @ApiProperty({ type: String, nullable: true, description: 'The assigned arm.', example: 'challenger' })
  variant!: string | null;

  @ApiProperty({ enum: DECISION_SOURCES, description: 'Which rule answered.', example: 'experiment' })
  source!: string;

  @ApiProperty({ enum: REASONS, description: 'Why, in one word.', example: 'SPLIT' })
  reason!: string;

  @ApiProperty({ type: String, nullable: true, example: 'shorter-replies' })
  experiment!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  rollout!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Epoch an exposure would be filed under.',
    example: 1,
  })
  epoch!: number | null;

  @ApiProperty({
    description: 'Probability of this arm among the units of the same experiment or rollout.',
    example: 0.5,
  })
  propensity!: number;

  @ApiProperty({ type: [ExplanationStepDto], description: 'Every rule asked, step by step.' })
  steps!: readonly ExplanationStepDto[];
}
