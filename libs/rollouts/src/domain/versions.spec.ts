import { type VersionCount, versionEvidence, versionReasons } from './versions.js';

const count = (overrides: Partial<VersionCount>): VersionCount => ({
  metric: 'quality',
  variant: 'challenger',
  half: 1,
  evaluators: null,
  servedModels: null,
  units: 100,
  ...overrides,
});
const codes = (...counts: VersionCount[]): string[] =>
  versionReasons(versionEvidence(counts)).map(({ code }) => code);

describe('versions that change under way', () => {
  it('are found where one judge has two', () => {
    const counts = [count({ evaluators: ['grader@1'] }), count({ half: 2, evaluators: ['grader@2'] })];
    expect(versionReasons(versionEvidence(counts))).toEqual([
      {
        code: 'JUDGE_CHANGED',
        metric: 'quality',
        message: expect.stringContaining('scored by grader@1 and by grader@2'),
      },
    ]);
  });

  it.each<[string, VersionCount[]]>([
    ['several judges stand side by side', [count({ evaluators: ['grader@1', 'people@1'] })]],
    [
      'two metrics have judges of their own versions',
      [count({ evaluators: ['grader@1'] }), count({ metric: 'tone', evaluators: ['grader@2'] })],
    ],
    [
      'some were served by a fallback',
      [
        count({ servedModels: ['m-2024'], units: 60 }),
        count({ servedModels: ['fallback'], units: 40 }),
        count({ half: 2, servedModels: ['m-2024'] }),
      ],
    ],
    [
      'too few units tell',
      [count({ servedModels: ['a'], units: 19 }), count({ half: 2, servedModels: ['b'] })],
    ],
    ['arms differ', [count({ servedModels: ['a'] }), count({ variant: 'control', servedModels: ['b'] })]],
    ['nobody said anything', [count({})]],
  ])('are not seen where %s', (_, counts) => {
    expect(codes(...counts)).toEqual([]);
  });

  it('are found where the provider serves most units another model than before', () => {
    expect(codes(count({ servedModels: ['m-2024'] }), count({ half: 2, servedModels: ['m-2025'] }))).toEqual([
      'PROVIDER_CHANGED',
    ]);
  });
});
