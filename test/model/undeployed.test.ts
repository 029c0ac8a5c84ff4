// The exported definition beside the edited resources: equal whatever the spelling, different where a deployment would change something.
import { describe, expect, test } from 'vitest';
import { undeployedIn } from '../../lib/model/undeployed.ts';

const integration = { type: 'aws_proxy', httpMethod: 'POST', uri: 'arn:f', passthroughBehavior: 'when_no_match' };
const operation = (more: object = {}, integrated: object = integration) => ({
  responses: { 200: {} },
  ...more,
  'x-amazon-apigateway-integration': integrated,
});
const documentOf = (get: object) => ({ paths: { '/orders': { get } } });
const edited = (more: object = {}, integrated: object = {}) => [
  {
    path: '/orders',
    resourceMethods: {
      GET: {
        authorizationType: 'NONE',
        methodResponses: { 200: { statusCode: '200' } },
        methodIntegration: {
          type: 'AWS_PROXY',
          httpMethod: 'POST',
          uri: 'arn:f',
          passthroughBehavior: 'WHEN_NO_MATCH',
          timeoutInMillis: 29_000,
          cacheNamespace: 'r1',
          ...integrated,
        },
        ...more,
      },
    },
  },
];
const says = (document: object, resources: readonly unknown[]) => undeployedIn(document as never, resources).map((d) => d.says);

describe('undeployedIn', () => {
  test('nothing, where only the spelling differs', () => {
    expect(says(documentOf(operation()), edited())).toEqual([]);
    expect(says(documentOf(operation({ security: [{ Guard: [] }] })), edited({ authorizationType: 'CUSTOM' }))).toEqual([]);
    expect(
      says({ paths: { '/orders': { 'x-amazon-apigateway-any-method': operation() } } }, [
        { path: '/orders', resourceMethods: { ANY: edited()[0]?.resourceMethods.GET } },
      ]),
    ).toEqual([]);
  });
  test.each([
    ['a timeout', {}, { timeoutInMillis: 3000 }, 'timeoutInMillis of GET /orders: 29000 is deployed, 3000 is edited'],
    ['an address', {}, { uri: 'arn:g' }, 'uri of GET /orders: arn:f is deployed, arn:g is edited'],
    ['an authorization', { authorizationType: 'AWS_IAM' }, {}, 'authorization of GET /orders: off is deployed, on is edited'],
    ['a key', { apiKeyRequired: true }, {}, 'authorization of GET /orders: off is deployed, on is edited'],
    ['a status', { methodResponses: {} }, {}, 'methodResponses of GET /orders: 200 is deployed,  is edited'],
    ['a parameter', {}, { requestParameters: { a: 'b' } }, 'requestParameters of GET /orders:  is deployed, {a: "b"} is edited'],
    ['no integration', { methodIntegration: undefined }, {}, 'integration of GET /orders: nothing is deployed, none is edited'],
  ])('%s', (_what, more, integrated, expected) => expect(says(documentOf(operation()), edited(more, integrated))).toContain(expected));
  test('routes that are on one side only', () => {
    expect(says({ paths: {} }, edited())).toEqual(['GET /orders is edited, and not deployed']);
    expect(says(documentOf(operation()), [])).toEqual(['GET /orders was removed, and is still deployed']);
  });
  test('answers of an integration that maps them, whatever their order and empty templates', () => {
    const mapped = {
      ...integration,
      type: 'http',
      responses: { default: { statusCode: '200', responseTemplates: {} }, '5..': { statusCode: '502' } },
    };
    const same = {
      type: 'HTTP',
      integrationResponses: {
        502: { statusCode: '502', selectionPattern: '5..' },
        200: { statusCode: '200', responseTemplates: { 'application/json': null } },
      },
    };
    expect(says(documentOf(operation({}, mapped)), edited({}, same))).toEqual([]);
    const other = { ...same, integrationResponses: { 200: { statusCode: '200' } } };
    expect(says(documentOf(operation({}, mapped)), edited({}, other))).toHaveLength(1);
  });
});
