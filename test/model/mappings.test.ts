// Faults of deployed mappings that show without a request, and near misses that are none.
import { describe, expect, it } from 'vitest';
import type { DeployedApi, Integration, Route } from '../../lib/model/kinds/api.ts';
import { answerFaults, encodingFaults, requestFaults } from '../../lib/causes/signs/mapping-checks.ts';
import { faultOf } from '../../lib/causes/signs/vtl.ts';

describe('a template', () => {
  it.each([
    ['#if($x)1', '#if is not closed by an #end'],
    ['#foreach($i in $list)#if($i)1#end', '#foreach is not closed by an #end'],
    ['{"a": 1}#end', '#end closes nothing'],
    ['#else 1', '#else stands outside of an #if'],
    ['#foreach($i in $l)#elseif(true)#end', '#elseif stands outside of an #if'],
    ['#set($body = $util.parseJson($input.body)', 'the parenthesis of a #set is not closed'],
    ['#set $x = 1', 'the parenthesis of a #set is not closed'],
  ])('%s: %s', (template, wrong) => expect(faultOf(template)).toBe(wrong));
  it.each([
    '{"statusCode": 200}',
    '#set($inputRoot = $input.path(\'$\'))\n{"a": "$inputRoot.a"}',
    '#if($a)1#elseif($b)2#else 3#end',
    '#{if}($a)1#{end}',
    '#foreach($e in $x)$e#if($foreach.hasNext),#end#end',
    '## a comment with #if\n{"a":1}',
    '#* a block #if *# {}',
    '#[[ #if ]]# {}',
    '#set($x = "a ) b")#set( $y = 1 )',
    "#set($a = ')')",
    '{"color": "#ff0000", "tag": "#ifdef", "n": "\\#if"}',
    '#macro(m $a)$a#end #m(1)',
    '',
  ])('is sound: %s', (template) => expect(faultOf(template)).toBeUndefined());
  it('is read in linear time', () => {
    const started = performance.now();
    faultOf('#set('.repeat(800));
    faultOf('#[['.repeat(1300));
    expect(performance.now() - started).toBeLessThan(200);
  });
});

const api = (integration: Partial<Integration>, more: Partial<Route> = {}, whole: Partial<DeployedApi> = {}): DeployedApi => ({
  routes: [{ method: 'GET', path: '/x', ...more, integration: { type: 'AWS', timeoutMs: 29_000, ...integration } }],
  variables: {},
  tags: {},
  executionLogging: 'OFF',
  ...whole,
});
const json = (template: string): Pick<Integration, 'requestTemplates'> => ({ requestTemplates: { 'application/json': template } });
const brief = (faults: readonly { readonly what: string; readonly always: boolean }[]) =>
  faults.map((f) => `${f.what}${f.always ? ' always' : ''}`);

describe('requestFaults', () => {
  it.each([
    ['a mock without a status', { type: 'MOCK', ...json('{}') }, ['mock-status always']],
    ['a mock whose status is text', { type: 'MOCK', ...json('{"statusCode": "200"}') }, ['mock-status always']],
    ['a mock with a status', { type: 'MOCK', ...json('{\n  "statusCode" : 200\n}') }, []],
    ['a mock whose status a directive writes', { type: 'MOCK', ...json('#if($x){"statusCode": 200}#else{"statusCode": 500}#end') }, []],
    ['a mock whose template says it somehow', { type: 'MOCK', ...json('#set($s = 200){$stuff}') }, []],
    ['a mock for another type only', { type: 'MOCK', requestTemplates: { 'application/xml': '{}' } }, []],
    ['a template that does not end', json('#if($x)'), ['template-syntax always']],
    ['one for another content type', { requestTemplates: { 'text/plain': '#if($x)' } }, ['template-syntax']],
    ['a proxy, which runs none', { type: 'AWS_PROXY', ...json('#if($x)') }, []],
    ['one that was cut', json(`#if($x)${'a'.repeat(4096)}`.slice(0, 4096)), []],
  ] as const)('%s', (_, integration, is) => expect(brief(requestFaults(api(integration)))).toEqual(is));
});

describe('answerFaults', () => {
  const ok = { pattern: '', statusCode: '200' };
  it.each([
    ['a default', { answers: [ok] }, {}, []],
    ['none mapped', { answers: [] }, {}, ['no-answer always']],
    ['nothing told of answers', {}, {}, []],
    ['2xx mapped, no default', { answers: [{ pattern: '2\\d{2}', statusCode: '200' }] }, {}, ['no-default-answer']],
    ['4xx mapped, no default', { answers: [{ pattern: '4\\d{2}', statusCode: '400' }] }, {}, ['no-default-answer always']],
    ['a default that is not declared', { answers: [ok] }, { declares: ['201'] }, ['undeclared-status always']],
    [
      'another answer that is not declared',
      { answers: [ok, { pattern: '404', statusCode: '404' }] },
      { declares: ['200'] },
      ['undeclared-status'],
    ],
    ['all declared', { answers: [ok, { pattern: '404', statusCode: '404' }] }, { declares: ['200', '404'] }, []],
    [
      'a broken template of the default',
      { answers: [{ ...ok, templates: { 'application/json': '#foreach($x in $y)' } }] },
      {},
      ['answer-syntax always'],
    ],
    ['a proxy', { type: 'HTTP_PROXY', answers: [] }, {}, []],
  ] as const)('%s', (_, integration, route, is) => expect(brief(answerFaults(api(integration, route)))).toEqual(is));
});

describe('encodingFaults', () => {
  const all = { binaryMediaTypes: ['*/*'] };
  it.each([
    ['a mock under */*', { type: 'MOCK' }, all, ['binary-request always']],
    ['a mock that reads text', { type: 'MOCK', contentHandling: 'CONVERT_TO_TEXT' }, all, []],
    ['a template under */*', json('{}'), all, ['binary-request always']],
    ['a template under *~1*, as definitions write it', json('{}'), { binaryMediaTypes: ['*~1*'] }, ['binary-request always']],
    ['a template beside images', json('{}'), { binaryMediaTypes: ['image/png'] }, []],
    ['a template for what is binary', { requestTemplates: { 'image/png': '{}' } }, { binaryMediaTypes: ['image/png'] }, ['binary-request']],
    [
      'a template for what is binary, read as text',
      { requestTemplates: { 'image/png': '{}' }, contentHandling: 'CONVERT_TO_TEXT' },
      { binaryMediaTypes: ['image/png'] },
      [],
    ],
    ['a template where JSON is binary', json('{}'), { binaryMediaTypes: ['application/json'] }, ['binary-request']],
    [
      'an answer’s template under */*',
      { answers: [{ pattern: '', statusCode: '200', templates: { 'application/json': '{}' } }] },
      all,
      ['binary-answer always'],
    ],
    ['a proxy under */*', { type: 'AWS_PROXY' }, all, []],
    ['a passthrough under */*', {}, all, []],
    ['a conversion to binary', { contentHandling: 'CONVERT_TO_BINARY' }, {}, ['converts-text']],
    [
      'an answer’s conversion',
      { answers: [{ pattern: '', statusCode: '200', contentHandling: 'CONVERT_TO_BINARY' }] },
      {},
      ['converts-text'],
    ],
    ['nothing binary', json('{}'), {}, []],
  ] as const)('%s', (_, integration, whole, is) => expect(brief(encodingFaults(api(integration, {}, whole)))).toEqual(is));
});
