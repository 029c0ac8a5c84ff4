// Somebody removes the base path mapping of the custom domain.
import type { MappingTarget } from '../../../lib/settings/base-path-mapping.ts';
import { at, type Fault } from '../fault.ts';

const name = 'api.example.com';
const other = { apiId: 'other00001', stage: 'prod' };

export default {
  fix: 'restore-base-path-mapping',
  cause: 'custom-domain',
  prepare: (account) => {
    const routes = [{ method: 'GET', path: '/x', httpBackend: { uri: 'https://x.example.com/', ms: 10 } }];
    account.putApi({ apiType: 'REST', apiId: other.apiId, name: 'other', stage: other.stage, routes });
    account.putDomain({ name, mappings: [{ path: 'v1', apiId: at.apiId, stage: at.stage }], trailDelayMs: 60_000 });
  },
  breakIt: (account) => account.setDomain(name, { mappings: [], trailDelayMs: 60_000 }),
  facts: { domains: [{ name, what: 'noMapping', says: '' }] },
  async drift(attempt, { target }) {
    const { domainName, basePath } = target as MappingTarget;
    await attempt('apigateway:DeleteBasePathMapping', { domainName, basePath });
    await attempt('apigateway:CreateBasePathMapping', { domainName, basePath, restApiId: other.apiId, stage: other.stage });
  },
} satisfies Fault;
