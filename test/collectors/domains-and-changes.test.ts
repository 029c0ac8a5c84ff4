// Custom domains, and who changed the API by CloudTrail: what is read of AWS's answers, and what is left out.
import { describe, expect, it } from 'vitest';
import apiTrail from '../../lib/collectors/api-trail.ts';
import customDomains from '../../lib/collectors/custom-domains.ts';
import { err } from '../../lib/model/result.ts';
import { fakeAws, http, now, refusal, rest, window } from './fake-aws.ts';
import { read, valueOf } from './reading-one.ts';

describe('customDomains', () => {
  const items = Array.from({ length: 8 }, (_, n) => ({
    domainName: `d${n}.example.com`,
    domainNameStatus: n === 7 ? 'PENDING_CERTIFICATE_REIMPORT' : 'AVAILABLE',
  }));
  it('looks at those in trouble first, a few in all, and says how many were left', async () => {
    const aws = fakeAws({
      'apigateway:GetDomainNames': { items },
      'apigateway:GetBasePathMappings': { items: [{ basePath: '(none)', restApiId: 'a1', stage: 'prod' }] },
    });
    const evidence = await customDomains.read(aws.aws, { at: rest, window, have: {}, lines: [], now });
    expect(evidence).toMatchObject({ value: { notLookedAt: 4 } });
    expect(evidence.state === 'got' && evidence.value.domains[0]).toEqual({
      name: 'd7.example.com',
      status: 'PENDING_CERTIFICATE_REIMPORT',
      mappings: [{ path: '', apiId: 'a1', stage: 'prod' }],
    });
  });
  it('asks for the certificates of domains that lead here, within this Region', async () => {
    const arn = (region: string) => `arn:aws:acm:${region}:111122223333:certificate/c1`;
    const aws = fakeAws({
      'apigateway:GetDomainNames': {
        items: [
          { domainName: 'a', regionalCertificateArn: arn('us-east-1') },
          { domainName: 'b', regionalCertificateArn: arn('eu-west-1') },
        ],
      },
      'apigateway:GetBasePathMappings': { items: [{ restApiId: rest.apiId, stage: 'prod' }] },
      'acm:DescribeCertificate': { Certificate: { Status: 'EXPIRED', NotAfter: new Date(now) } },
    });
    const evidence = await customDomains.read(aws.aws, { at: rest, window, have: {}, lines: [], now });
    expect(evidence).toMatchObject({
      value: { domains: [{ name: 'a', certificateStatus: 'EXPIRED', certificateUntil: now }, { name: 'b' }] },
    });
    expect(aws.asked.filter((a) => a.name === 'acm:DescribeCertificate')).toHaveLength(1);
  });
  it('asks the newer call too: paths of more than one level are only shown there', async () => {
    const answers = {
      'apigateway:GetDomainNames': { items: items.slice(0, 1) },
      'apigateway:GetBasePathMappings': { items: [] },
      'apigatewayv2:GetApiMappings': { Items: [{ ApiMappingKey: 'v1/orders', ApiId: rest.apiId, Stage: 'prod' }] },
    };
    expect(await valueOf(read(customDomains, answers))).toMatchObject({
      domains: [{ mappings: [{ path: 'v1/orders', apiId: rest.apiId }] }],
    });
  });
  it('keeps apart a domain without mappings and one whose mappings could not be read', async () => {
    const denied = (input: { domainName: string }) => (input.domainName === 'd0.example.com' ? refusal('denied') : { items: [] });
    expect(
      await valueOf(
        read(customDomains, { 'apigateway:GetDomainNames': { items: items.slice(0, 2) }, 'apigateway:GetBasePathMappings': denied }),
      ),
    ).toEqual({
      domains: [
        { name: 'd0.example.com', status: 'AVAILABLE' },
        { name: 'd1.example.com', status: 'AVAILABLE', mappings: [] },
      ],
      lookedAt: now,
      notLookedAt: 0,
    });
  });
});

describe('apiTrail', () => {
  const event = (name: string, requestParameters: object, more: object = {}) => ({
    EventId: name,
    EventName: name,
    EventTime: new Date(now - 60_000),
    Username: 'alice',
    CloudTrailEvent: JSON.stringify({ userIdentity: { userName: 'alice' }, requestParameters, ...more }),
  });
  const of = (events: Record<string, object[]>) => ({
    'cloudtrail:LookupEvents': (input: { LookupAttributes: { AttributeValue: string }[] }) => ({
      Events: events[input.LookupAttributes[0]?.AttributeValue ?? ''] ?? [],
    }),
  });
  const edit = {
    restApiId: rest.apiId,
    stageName: 'prod',
    updateStageInput: { patchOperations: [{ op: 'remove', path: '/variables/fn' }] },
  };

  it('reads what was edited, of this stage only', async () => {
    const events = {
      UpdateStage: [
        event('UpdateStage', edit),
        event('UpdateStage', { ...edit, stageName: 'test' }),
        event('UpdateStage', { ...edit, restApiId: 'x' }),
      ],
    };
    expect(await valueOf(read(apiTrail, of(events)))).toEqual({
      changes: [
        {
          at: now - 60_000,
          name: 'UpdateStage',
          by: 'alice',
          id: 'UpdateStage',
          stage: 'prod',
          edits: [{ op: 'remove', path: '/variables/fn' }],
        },
      ],
    });
  });
  it('reads the variables of an HTTP API’s stage, an empty one as removed', async () => {
    const events = { UpdateStage: [event('UpdateStage', { apiId: http.apiId, stageName: 'prod', stageVariables: { fn: '', a: 'b' } })] };
    expect(await valueOf(read(apiTrail, of(events), http))).toMatchObject({
      changes: [
        {
          edits: [
            { op: 'remove', path: '/variables/fn' },
            { op: 'replace', path: '/variables/a', value: 'b' },
          ],
        },
      ],
    });
  });
  it('keeps mappings of any domain, and leaves out what AWS refused', async () => {
    const gone = { domainName: 'api.example.com', basePath: 'v1' };
    const events = {
      DeleteBasePathMapping: [
        event('DeleteBasePathMapping', gone),
        event('DeleteBasePathMapping', gone, { errorCode: 'NotFoundException' }),
      ],
    };
    expect(await valueOf(read(apiTrail, of(events)))).toMatchObject({ changes: [{ domainName: 'api.example.com', basePath: 'v1' }] });
  });
  it('tells for which API a mapping was made', async () => {
    const input = { domainName: 'api.example.com', createBasePathMappingInput: { basePath: '(none)', restApiId: 'x1', stage: 'prod' } };
    expect(await valueOf(read(apiTrail, of({ CreateBasePathMapping: [event('CreateBasePathMapping', input)] })))).toMatchObject({
      changes: [{ domainName: 'api.example.com', mappedTo: 'x1' }],
    });
  });
  it('calls nothing found *late* while CloudTrail may be behind', async () => {
    expect(await read(apiTrail, of({}))).toMatchObject({ state: 'missing', why: 'late' });
  });
  it('asks for one name after the other', async () => {
    let open = 0;
    const aws = {
      call: async () => {
        open++;
        expect(open).toBe(1);
        await Promise.resolve();
        open--;
        return err({ kind: 'throttled', call: 'x', name: 'x', message: '' });
      },
    };
    expect(await apiTrail.read(aws as never, { at: rest, window, have: {}, lines: [], now })).toMatchObject({ why: 'throttled' });
  });
});
