// Evidence → diagnosis for mappings and encodings: each cause beside the ones it is mistaken for.
import { describe, expect, it } from 'vitest';
import type { Integration, Route } from '../../lib/model/kinds/api.ts';
import { queue, api, sent, say, ends, verdict, executed, failed, noMatch } from './direct-stage.ts';
import { gateway, metrics, minute, now, lacks, route } from './evidence.ts';

const mock = (more: Partial<Integration> = {}): Route => ({
  method: 'OPTIONS',
  path: '/orders',
  integration: { type: 'MOCK', timeoutMs: 29_000, requestTemplates: { 'application/json': '{"statusCode": 200}' }, ...more },
});

describe('mapping-template-error', () => {
  const broken = mock({ requestTemplates: { 'application/json': '{}' } });
  it('is confirmed where every route fails by it', () =>
    expect(ends({ deployedApi: api([broken]) })).toBe('confirmed mapping-template-error'));
  it('is confirmed when as many requests reach no function as fail', () => {
    const half = {
      deployedApi: api([broken, route('/orders')]),
      functionMetrics: metrics({ 'orders:live': { invocations: [50, 50] } }),
      gatewayMetrics: gateway({ serverErrors: [0, 50] }),
    };
    expect(ends(half)).toBe('confirmed mapping-template-error');
  });
  it('is not confirmed when the function beside it is called less than before: something else takes its requests', () => {
    const more = {
      deployedApi: api([broken, route('/orders')]),
      functionMetrics: metrics({ 'orders:live': { invocations: [100, 0] } }),
    };
    expect(verdict('mapping-template-error', more)?.is).toBe('unproven');
  });
  it('is confirmed by a fault and the gateway’s line', () => {
    const two = { deployedApi: api([broken, queue]), gatewayMetrics: gateway({ serverErrors: [0, 20] }), serviceMetrics: sent(80, 80) };
    expect(ends(two)).toBe('suspected mapping-template-error');
    expect(
      ends({
        ...two,
        executionLog: executed(`${failed}Unable to parse statusCode. It should be an integer that is defined in the request template.`),
      }),
    ).toBe('confirmed mapping-template-error');
  });
  it('is suspected from the line alone, and not where nothing has a template', () => {
    const said = { executionLog: executed(`${failed}Unable to transform request`) };
    expect(ends({ ...said, deployedApi: api([mock()]) })).toBe('suspected mapping-template-error');
    expect(verdict('mapping-template-error', { ...said, deployedApi: api([route('/orders')]) })?.is).toBe('ruledOut');
  });
  it('is suspected when Lambda says that it was handed no JSON, and no other template’s fault is blamed for it', () => {
    const said = executed('Endpoint response body before transformations: {"message": "Could not parse request body into json: x"}');
    const lambda = { ...queue, path: '/form' };
    expect(ends({ deployedApi: lacks('denied'), executionLog: said })).toBe('suspected mapping-template-error');
    const beside = { deployedApi: api([broken, lambda]), gatewayMetrics: gateway({ serverErrors: [0, 20] }), serviceMetrics: sent(80, 80) };
    expect(verdict('mapping-template-error', { ...beside, executionLog: said })?.is).toBe('unproven');
    expect(verdict('mapping-template-error', { deployedApi: api([route('/orders')]), executionLog: said })?.is).toBe('ruledOut');
  });
  it('is not blamed for failures that functions account for', () => {
    const more = { deployedApi: api([broken, route('/orders')]), functionMetrics: metrics({ 'orders:live': { errors: [0, 100] } }) };
    expect(verdict('mapping-template-error', more)?.is).toBe('unproven');
    expect(say(more).cause).not.toBe('mapping-template-error');
  });
});

describe('payload-encoding', () => {
  const everything = { binaryMediaTypes: ['*/*'] };
  it('is confirmed where every route fails by it, suspected beside others', () => {
    expect(ends({ deployedApi: api([mock()], everything) })).toBe('confirmed payload-encoding');
    expect(
      ends({
        deployedApi: api([mock(), queue], everything),
        gatewayMetrics: gateway({ serverErrors: [0, 20] }),
        serviceMetrics: sent(80, 80),
      }),
    ).toBe('suspected payload-encoding');
  });
  it('takes the words of a template error where bodies are bytes', () => {
    const said = executed('Method request body before transformations: [Binary Data]', `${failed}Unable to transform request`);
    expect(ends({ deployedApi: lacks('denied'), executionLog: said })).toBe('suspected payload-encoding');
    expect(ends({ deployedApi: lacks('denied'), executionLog: executed(`${failed}Unable to transform request`) })).toBe(
      'suspected mapping-template-error',
    );
    expect(ends({ deployedApi: api([mock(), queue], everything), executionLog: executed(`${failed}Unable to transform response`) })).toBe(
      'confirmed payload-encoding',
    );
  });
  it('is not suspected of a burst that an old deployment served well before', () => {
    const more = { gatewayMetrics: gateway({ serverErrors: [0, 20] }), serviceMetrics: sent(80, 80) };
    const old = { ...everything, lastUpdatedAt: now - 86_400_000 };
    expect(say({ ...more, deployedApi: api([mock(), queue], old) }).cause).toBe('unknown');
    expect(ends({ ...more, deployedApi: api([mock(), queue], { ...old, lastUpdatedAt: now - 9 * minute }) })).toBe(
      'suspected payload-encoding',
    );
  });
  it('is guessed of a template for what is binary, confirmed where the log shows such a body', () => {
    const picture = mock({ type: 'AWS', requestTemplates: { 'image/png': '{"body": "$input.body"}' } });
    const deployedApi = api([picture, queue], { binaryMediaTypes: ['image/png'] });
    const line = `${failed}Unable to transform request`;
    expect(ends({ deployedApi, executionLog: executed(line) })).toBe('suspected payload-encoding');
    expect(ends({ deployedApi, executionLog: executed('Method request body before transformations: [Binary Data]', line) })).toBe(
      'confirmed payload-encoding',
    );
    const text = api([{ ...picture, integration: { ...picture.integration, contentHandling: 'CONVERT_TO_TEXT' } } as Route, queue], {
      binaryMediaTypes: ['image/png'],
    });
    expect(ends({ deployedApi: text, executionLog: executed(line) })).toBe('suspected mapping-template-error');
  });
  it('is nobody’s fault where a mock reads text', () => {
    expect(say({ deployedApi: api([mock({ contentHandling: 'CONVERT_TO_TEXT' })], everything) }).cause).not.toBe('payload-encoding');
  });
  it('is suspected from a body that is no Base64, confirmed beside a conversion', () => {
    const said = executed(`${failed}Unable to base64 decode the body.`);
    expect(
      ends({
        deployedApi: api([route('/orders')], { binaryMediaTypes: ['image/png'] }),
        executionLog: said,
        functionMetrics: metrics({ 'orders:live': {} }),
      }),
    ).toBe('suspected payload-encoding');
    const converts = { ...queue, integration: { ...(queue.integration as Integration), contentHandling: 'CONVERT_TO_BINARY' } };
    expect(ends({ deployedApi: api([converts]), executionLog: said, serviceMetrics: sent(80, 80) })).toBe('confirmed payload-encoding');
  });
});

describe('response-mapping-error', () => {
  const answers = (...list: NonNullable<Integration['answers']>): Route => ({
    ...queue,
    integration: { ...(queue.integration as Integration), answers: list },
  });
  it('is confirmed where every route fails by it', () => {
    expect(ends({ deployedApi: api([answers({ pattern: '4\\d{2}', statusCode: '400' })]), serviceMetrics: sent(100, 100) })).toBe(
      'confirmed response-mapping-error',
    );
  });
  it('is confirmed by a fault and the gateway’s line for it', () => {
    const undeclared = { ...answers({ pattern: '', statusCode: '200' }, { pattern: '404', statusCode: '404' }), declares: ['200'] };
    expect(
      ends({
        deployedApi: api([undeclared]),
        serviceMetrics: sent(100, 100),
        executionLog: executed(`${failed}Output mapping refers to an invalid method response: 404`),
      }),
    ).toBe('confirmed response-mapping-error');
  });
  it('is suspected from the line where 2xx fits no mapping', () => {
    expect(ends({ deployedApi: lacks('denied'), executionLog: executed(noMatch(200)) })).toBe('suspected response-mapping-error');
  });
  it('is the mapping’s fault when it is a backend, not a service, that answers 400', () => {
    const http = {
      method: 'POST',
      path: '/x',
      integration: { type: 'HTTP', uri: 'https://x.example', timeoutMs: 29_000, answers: [{ pattern: '2\\d{2}', statusCode: '200' }] },
    } as const;
    const more = {
      deployedApi: api([http]),
      executionLog: executed('Received response. Status: 400, Integration latency: 10 ms', noMatch(400)),
    };
    expect(ends(more)).toBe('confirmed response-mapping-error');
  });
  it('steps back behind a refusal', () => {
    const d = say({
      deployedApi: api([answers({ pattern: '2\\d{2}', statusCode: '200' })]),
      serviceMetrics: sent(100, 100),
      executionLog: executed('Received response. Status: 400, Integration latency: 10 ms', noMatch(400)),
    });
    expect(`${d.certainty} ${d.cause}`).toBe('suspected service-request-invalid');
  });
});
