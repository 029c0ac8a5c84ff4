// Base path mappings of custom domains: made and removed one by one.
import { ok } from '../../../model/result.ts';
import { fail, meta } from '../failure.ts';
import type { Domain } from '../around.ts';
import type { Answers, Parts } from './parts.ts';
import { noted } from './stage-writes.ts';

type Names = 'apigateway:CreateBasePathMapping' | 'apigateway:DeleteBasePathMapping' | 'apigateway:GetBasePathMapping';

const noDomain = fail('gone', 'NotFoundException', 'Invalid domain name identifier specified');
const noMapping = fail('gone', 'NotFoundException', 'Invalid base path mapping identifier specified');
const bad = (says: string) => fail('refused', 'BadRequestException', says);

type Mapping = Domain['mappings'][number];
/** `(none)` is how API Gateway writes the empty path. */
const pathOf = (basePath: string | undefined): string => (basePath === undefined || basePath === '(none)' ? '' : basePath);
const shown = (m: Mapping) => ({ ...meta, basePath: m.path === '' ? '(none)' : m.path, restApiId: m.apiId, stage: m.stage });

export function mappingAnswers(parts: Parts): Pick<Answers, Names> {
  const { apis, around } = parts;
  const found = (domainName: string | undefined, basePath: string | undefined) => {
    const domain = around.domains.get(domainName ?? '');
    const mapping = domain?.mappings.find((m) => m.path === pathOf(basePath));
    return domain && mapping ? { domain, mapping } : undefined;
  };
  const put = (domain: Domain, mapping: Mapping): void => {
    domain.mappings = [...domain.mappings.filter((m) => m.path !== mapping.path), mapping];
  };
  return {
    'apigateway:GetBasePathMapping': (input) => {
      const one = found(input.domainName, input.basePath);
      return one ? ok(shown(one.mapping)) : noMapping;
    },
    'apigateway:CreateBasePathMapping': (input, by) => {
      const domain = around.domains.get(input.domainName ?? '');
      if (!domain) return noDomain;
      if (found(input.domainName, input.basePath))
        return fail('conflict', 'ConflictException', 'Base path already exists for this domain name');
      const { restApiId = '', stage = '' } = input;
      if (!apis.find(restApiId, stage)) return bad('Invalid stage identifier specified');
      const mapping = { path: pathOf(input.basePath), apiId: restApiId, stage };
      put(domain, mapping);
      noted(parts, 'CreateBasePathMapping', by, {
        domainName: domain.name,
        createBasePathMappingInput: { basePath: mapping.path === '' ? '(none)' : mapping.path, restApiId, stage },
      });
      return ok(shown(mapping));
    },
    'apigateway:DeleteBasePathMapping': (input, by) => {
      const one = found(input.domainName, input.basePath);
      if (!one) return noMapping;
      one.domain.mappings = one.domain.mappings.filter((m) => m !== one.mapping);
      noted(parts, 'DeleteBasePathMapping', by, { domainName: one.domain.name, basePath: input.basePath });
      return ok(meta);
    },
  };
}
