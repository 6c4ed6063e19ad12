import { linesOf } from './conformance.command.js';
import { SuiteReport } from './suite-report.js';

describe('the report of a suite', () => {
  it('counts what holds, keeps what does not with its reason, and lists exclusions by reason', async () => {
    const report = new SuiteReport('a-suite', 'what it holds');
    await report.check('one', () => undefined);
    await report.check('two', () => Promise.reject(new Error('not so')));
    await report.check('three', () => {
      throw new Error('neither');
    });
    report.exclude('four', 'not ours');
    report.exclude('five', 'not ours');
    report.exclude('six', 'a browser’s');
    report.absent('a file');
    report.note('a figure');
    expect(report.result()).toMatchObject({
      suite: 'a-suite',
      passed: 1,
      failed: 2,
      excluded: 3,
      failures: [
        { name: 'two', reason: 'not so' },
        { name: 'three', reason: 'neither' },
      ],
      exclusions: [
        { reason: 'not ours', cases: ['four', 'five'] },
        { reason: 'a browser’s', cases: ['six'] },
      ],
      absent: ['a file'],
    });
    const lines = linesOf(report.result()).join('\n');
    for (const words of [
      '1 passed, 2 failed, 3 excluded',
      'FAILED two: not so',
      'not here: a file',
      'four · five',
    ])
      expect(lines).toContain(words);
  });
});
