// `gatemedic diagnose --input`: what it answers for machines and for people, and what it says of files that are no cases.
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../lib/command/answer.ts';
import { textLines, type Line } from '../../lib/command/text-lines.ts';
import { runDiagnose, type Given } from './edges.ts';

const line = (id: string, more: object): string => JSON.stringify({ id, ...more });
const timedOut = (id: string): string =>
  line(id, {
    apiType: 'REST',
    integration: 'AWS_PROXY',
    response: { status: 502, body: '{"message": "Internal server error"}' },
    logs: [{ kind: 'function', lines: ['2026-01-01T00:00:00.000Z 4a0f Task timed out after 3.00 seconds'] }],
  });
const silent = (id: string): string => line(id, { response: { status: 500 } });

/** A permission that a configuration read from AWS shows to be missing, while requests fail. */
const arn = 'arn:aws:lambda:us-east-1:111122223333:function:orders';
const lost = (id: string, more: readonly object[] = []): string =>
  line(id, {
    apiType: 'REST',
    integration: 'AWS_PROXY',
    logs: [{ kind: 'execution', lines: ['Execution failed due to configuration error: Invalid permissions on Lambda function'] }],
    metrics: [
      { namespace: 'AWS/ApiGateway', name: '5XXError', statistic: 'Sum', value: 40 },
      { namespace: 'AWS/ApiGateway', name: 'Count', statistic: 'Sum', value: 40 },
    ],
    answers: [
      {
        call: 'apigateway:GetIntegration',
        output: {
          type: 'AWS_PROXY',
          httpMethod: 'POST',
          uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`,
        },
      },
      { call: 'lambda:GetFunctionConfiguration', output: { FunctionName: 'orders', State: 'Active', Timeout: 10 } },
      { call: 'lambda:GetPolicy', error: 'ResourceNotFoundException' },
      ...more,
    ],
  });

async function input(content: NonNullable<Given['files']>[string], ...more: readonly string[]) {
  const ran = await runDiagnose(['--input', 'cases.jsonl', ...more], { files: { 'cases.jsonl': content } });
  return {
    ...ran,
    answers: more.includes('--json')
      ? ran.out
          .split('\n')
          .filter(Boolean)
          .map((l) => JSON.parse(l) as Answer)
      : [],
  };
}

describe('for machines', () => {
  test('one line a case, in the same order', async () => {
    const { code, answers, err } = await input([timedOut('a'), lost('b'), timedOut('c')].join('\n'), '--json');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(answers.map((a) => [a.id, a.cause, a.certainty])).toEqual([
      ['a', 'lambda-timeout', 'suspected'],
      ['b', 'lambda-permission-missing', 'confirmed'],
      ['c', 'lambda-timeout', 'suspected'],
    ]);
  });
  test('a result has the documented fields', async () => {
    const [answer] = (await input(timedOut('a'), '--json')).answers;
    expect(answer?.suspects.find((s) => s.id === 'lambda-timeout')).toMatchObject({
      standing: 'unproven',
      clues: [{ quote: expect.stringContaining('Task timed out'), in: 'functionLog', source: 'messages.md §4' }],
      missing: expect.arrayContaining([expect.objectContaining({ why: 'notRecorded' })]),
    });
    expect(answer).toMatchObject({ unaskedFixes: [], askedFixes: [], nextProbe: expect.any(String) });
    expect(answer?.advice.length).toBeGreaterThan(1);
  });
  test('an unknown cause exits 1, is null nowhere, and names what would settle it', async () => {
    const { code, answers } = await input(silent('a'), '--json');
    expect(code).toBe(1);
    expect(answers).toMatchObject([{ cause: 'unknown', certainty: 'unknown', nextProbe: expect.any(String) }]);
  });
});

describe('fixes are what an installation would do, and nothing else', () => {
  test('a permission that nobody is known to have removed by a deploy: it asks, and says why', async () => {
    const [answer] = (await input(lost('a'), '--json')).answers;
    expect(answer?.certainty).toBe('confirmed');
    expect(answer?.unaskedFixes).toEqual([]);
    expect(answer?.askedFixes).toMatchObject([
      {
        fix: 're-add-invoke-permission',
        treats: ['lambda-permission-missing', 'authorizer-permission'],
        because: expect.arrayContaining([expect.stringMatching(/nothing proves that a deploy removed/)]) as string[],
      },
    ]);
  });
  test('a function tagged hands-off is left alone', async () => {
    const tags = { call: 'lambda:ListTags', output: { Tags: { 'gatemedic:hands-off': 'true' } } };
    const [answer] = (await input(lost('a', [tags]), '--json')).answers;
    expect(answer).toMatchObject({ cause: 'lambda-permission-missing', unaskedFixes: [], askedFixes: [] });
  });
  test('a suspected cause is treated by nothing', async () => {
    const [answer] = (await input(timedOut('a'), '--json')).answers;
    expect(answer).toMatchObject({ certainty: 'suspected', unaskedFixes: [], askedFixes: [], waitingFixes: [] });
  });
});

describe('files that are not as they should be', () => {
  test('good lines are answered though others are bad; line and field are named; exit 2', async () => {
    const bad = [
      '{broken',
      '{"id": 3}',
      '{"id":"x","logs":[{"kind":"nginx","lines":[]}]}',
      '{"id":"y","metrics":[{"name":1}]}',
      '[]',
      '"text"',
    ];
    const { code, answers, err } = await input([timedOut('a'), ...bad, timedOut('b')].join('\n'), '--json');
    expect(code).toBe(2);
    expect(answers.map((a) => a.id)).toEqual(['a', 'b']);
    const said = err.trim().split('\n');
    expect(said).toHaveLength(bad.length);
    expect(said[0]).toMatch(/^gatemedic: cases\.jsonl, line 2: the case is not JSON/);
    expect(said[1]).toMatch(/line 3: the case's id is wrong/);
    expect(said[2]).toMatch(/line 4: the case's logs\.0\.kind is "nginx"; one of execution, access/);
    expect(said[3]).toMatch(/line 5: the case's metrics\.0\.namespace/);
  });
  test.each([
    ['empty', '', /holds no case/],
    ['only blank lines', '\n \n', /holds no case/],
    ['a zero byte', 'id\0', /line 1: it is not text: a zero byte stands at byte 3/],
    ['gzip', new Uint8Array([0x1f, 0x8b, 8, 1, 2]), /gzip.*unpack/],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22]), /no UTF-8/],
    ['too deep', `{"id":"x","response":{"body":${'['.repeat(5000)}${']'.repeat(5000)}}}`, /nested deeper than 200/],
  ])('%s', async (_, content, says) => {
    const { code, err, out } = await input(content, '--json');
    expect(code).toBe(2);
    expect(err).toMatch(says);
    expect(out).toBe('');
  });
  test('a flood of bad lines is counted, not shown', async () => {
    const { err } = await input(Array.from({ length: 500 }, () => 'x').join('\n'), '--json');
    expect(err.trim().split('\n')).toHaveLength(21);
    expect(err).toContain('and 480 more like these');
  });
  test('a byte order mark, and line ends of Windows, do no harm', async () => {
    const { code, answers } = await input(`\uFEFF${timedOut('a')}\r\n${timedOut('b')}\r\n`, '--json');
    expect([code, answers.map((a) => a.id)]).toEqual([0, ['a', 'b']]);
  });
});

describe('one case over many lines', () => {
  const pretty = JSON.stringify(JSON.parse(timedOut('a')), null, 2);
  test('is read as one', async () => {
    const ran = await runDiagnose(['--input', 'case.json', '--json'], { files: { 'case.json': pretty } });
    expect([ran.code, (JSON.parse(ran.out) as Answer).cause]).toEqual([0, 'lambda-timeout']);
  });
  test('from a pipe, too; and a pipe of many lines needs no name', async () => {
    const one = await runDiagnose(['--input', '-', '--json'], { files: { '-': pretty } });
    expect((JSON.parse(one.out) as Answer).id).toBe('a');
    const many = await runDiagnose(['--input', '-', '--json'], { files: { '-': `{broken\n${timedOut('a')}\n${timedOut('b')}\n` } });
    expect(many.out.trim().split('\n')).toHaveLength(2);
    expect(many.err).toMatch(/standard input, line 1: the case is not JSON/);
  });
});

describe('lines in bounded memory', () => {
  async function* bytes(chunks: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield new TextEncoder().encode(chunk);
  }
  async function read(chunks: readonly string[], longest: number): Promise<Line[]> {
    const lines: Line[] = [];
    for await (const one of textLines(bytes(chunks), longest)) lines.push(one);
    return lines;
  }
  test('a line may come in any pieces', async () => {
    const lines = await read(['a', 'b\nc', '', 'd\n', '\n', 'e'], 100);
    expect(lines.map((l) => [l.number, l.text.ok && l.text.value])).toEqual([
      [1, 'ab'],
      [2, 'cd'],
      [3, ''],
      [4, 'e'],
    ]);
  });
  test('one that is too long is dropped as it comes, and the next is read', async () => {
    const lines = await read(['x'.repeat(60), 'x'.repeat(60), '\nok\n'], 100);
    expect(lines.map((l) => l.text.ok)).toEqual([false, true]);
  });
});

describe('for people', () => {
  test('the verdict and how sure it is stand in the first line; the quoted line, the steps and commands below', async () => {
    const { out } = await input(timedOut('a'));
    const lines = out.split('\n');
    expect(lines[0]).toBe('suspected, not proven · lambda-timeout: The Lambda function ran into its own timeout');
    expect(out).toMatch(/\n  > .*Task timed out after 3\.00 seconds\n/);
    expect(out.indexOf('why')).toBeLessThan(out.indexOf('what to do'));
    expect(out).not.toContain('\u001B');
  });
  test('a log line cannot move the cursor, colour the page or hide its direction', async () => {
    const evil = line('a', {
      logs: [{ kind: 'function', lines: ['\u001B[2J\u009B31m\u202E Task timed out after 3.00 seconds \u001B]0;pwned\u0007'] }],
    });
    const { out } = await input(evil);
    expect(out).toContain('Task timed out');
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
  test('narrow or wide, prose keeps to the width; colour only where asked', async () => {
    for (const columns of [40, 60, 100]) {
      const { out } = await runDiagnose(['--input', 'c'], { files: { c: silent('a') }, columns });
      const prose = out.split('\n').filter((l) => l.includes(' ') && !l.startsWith('  aws '));
      expect(Math.max(...prose.map((l) => l.length))).toBeLessThanOrEqual(columns);
    }
    const { out } = await runDiagnose(['--input', 'c'], { files: { c: silent('a') }, colour: true });
    expect(out).toContain('\u001B[1m');
  });
});

describe('asked for wrongly', () => {
  test.each([
    [[], /say what to look at/],
    [['--inptu', 'x'], /unknown option "--inptu"; is it --input\?/],
    [['--input'], /--input needs a value/],
    [['--input', '--json'], /--input needs a value/],
    [['cases.jsonl'], /did you mean --input cases\.jsonl\?/],
    [['--input', 'x', '--api', 'abcdef'], /--api does not go with --input/],
    [['--input', 'x', '--input', 'y'], /--input is given twice/],
    [['--json=yes', '--input', 'x'], /--json takes no value/],
    [['--api', 'abcdef'], /--api needs --stage/],
    [['--api', 'https://x.example.com'], /give an API id such as/],
    [['--api-url', 'nonsense'], /give an address such as/],
    [['--api-url', 'https://a.example.com', '--stage', 'x'], /--stage does not go with --api-url/],
    [['--api', 'abcdef', '--stage', 'x', '--since', 'yesterday'], /--since is "yesterday"; give a span from 3m to 24h/],
    [['--api', 'abcdef', '--stage', 'x', '--since', '2d'], /--since/],
    [['--api', 'abcdef', '--stage', 'x', '--account', '12'], /12 digits/],
  ] as const)('%j says what is wrong in one line and exits 2', async (args, says) => {
    const { code, err } = await runDiagnose(args);
    expect(code).toBe(2);
    expect(err).toMatch(says);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
