// Text is taken for bytes, or bytes for text: binary media types that swallow JSON meet a template or a mock, or a body that is no Base64 is
// converted. In the log it looks like a fault of the template; adding a permission or saving again in the console only seems to cure it.
import { bash, listed } from '../model/advice.ts';
import { integrationInCode } from './signs/code-of-gateway.ts';
import { deployAgain, findResource, onMethod, rollBack } from './signs/advice-gateway.ts';
import type { StageRef } from '../model/api.ts';
import { cause, type Advice } from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import type { MappingFacts, MappingFault } from '../model/facts/direct.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import { encodingFaults, inWords, readsBytes, swallowsText } from './signs/mapping-checks.ts';
import {
  binarySeen,
  binaryText,
  judgeMapping,
  mappingHealed,
  mappingLooksAt,
  quoteOf,
  type MappingSigns,
  type MappingSeen,
} from './signs/mapping-signs.ts';

const failed = '(?:Execution failed due to configuration error: )?';
const decode = 'Unable to base64 decode the body';
const transforms = ['Unable to transform request', 'Unable to transform response'];

export default cause({
  id: 'payload-encoding',
  title: 'A body is taken for binary, or for Base64, and is not',
  about: {
    is: 'The API’s binary media types (often */*) or a content handling make the gateway treat text as bytes: templates and mocks, also the OPTIONS of CORS, cannot read it. Or a body that is no Base64 is to be converted. The client sees 500.',
    told: 'The deployed definition has binary media types that take everything, or JSON, beside a template or a mock without CONVERT_TO_TEXT; or a conversion to binary. The gateway’s line, or numbers that leave no other place, say that this is what fails.',
    withoutLogs:
      'Suspected when the deployed definition has it; confirmed where every route fails by it, or as many requests reach no function as fail.',
  },
  looksAt: mappingLooksAt,
  clues: [
    gatewaySays([decode], failed + decode, 'messages.md §2'),
    accessSays([decode], decode, 'messages.md §2'),
    { ...gatewaySays([binaryText], String.raw`Method request body before transformations: \[Binary Data\]`, 'messages.md §2'), hint: true },
    { ...gatewaySays(transforms, `${failed}Unable to transform re(?:quest|sponse)`, 'messages.md §2, §9'), hint: true },
    { ...accessSays(transforms, 'Unable to transform re(?:quest|sponse)', 'messages.md §2, §9'), hint: true },
    {
      kind: 'shape',
      in: 'deployedApi',
      shape: (api) => inWords(encodingFaults(api).filter((f) => f.always))[0],
      title: 'binary media types take the bodies that templates and mocks have to read',
      source: 'causes.md, payload-encoding (Confirm)',
    },
  ],
  explains: ['mapping-template-error', 'response-mapping-error'],
  confirm: (e) => judgeMapping(e, (api) => signs(e, api), quoteOf(e, [decode]) ?? (binarySeen(e) ? quoteOf(e, transforms) : undefined)),
  healed: (e, _at, sinceAt) => mappingHealed(e, sinceAt, encodingFaults),
  advice,
});

function signs(e: MappingSeen, api: DeployedApi): MappingSigns {
  const all = encodingFaults(api);
  const wide = swallowsText(api) !== undefined;
  const seen = binarySeen(e);
  // what fails on one type only is this burst's where the log shows such a body; without that it is a guess
  const binary = all.filter((f) => f.what !== 'converts-text' && (wide || seen));
  const decoded = quoteOf(e, [decode]);
  const quote = decoded ?? (wide || seen || readsBytes(api) ? quoteOf(e, transforms) : undefined);
  const plain = (api.binaryMediaTypes ?? []).length === 0 && all.length === 0;
  return {
    faults: decoded === undefined ? binary : all.filter((f) => f.what === 'converts-text'),
    quote,
    impossible: quote === undefined && plain && api.partial !== true ? 'no binary media type and no conversion is set' : undefined,
    before: true,
  };
}

function advice(facts: MappingFacts | undefined, at: StageRef): Advice {
  const first = facts?.routes[0];
  return {
    summary: first
      ? `${listed(inWords(facts?.routes ?? []).slice(0, 3))}.`
      : 'The gateway takes a body for binary that a template or a mock has to read, or for Base64 that is plain text.',
    steps: [
      first?.what === 'converts-text'
        ? 'Send Base64, or take CONVERT_TO_BINARY away.'
        : 'Let the integration read text: contentHandling CONVERT_TO_TEXT on the mock or the integration with the template. Or narrow the binary media types from */* to the types that really are binary.',
      'Deploy: a change of binary media types or content handling is served only once it is deployed.',
      'Saving the integration again in the console fills in the content handling, which looks as if something else had cured it: keep the setting in the code that makes the API.',
    ],
    snippets:
      at.apiType === 'REST'
        ? [...(first ? [mend(at, first)] : []), rollBack(at), ...(first && first.what !== 'converts-text' ? readsText(first) : [])]
        : [rollBack(at)],
  };
}

const readsText = ({ route }: MappingFault) =>
  integrationInCode('Keep the handling in code', route, { ContentHandling: 'CONVERT_TO_TEXT' }, { content_handling: 'CONVERT_TO_TEXT' });
const mend = (at: StageRef, fault: MappingFault) =>
  bash(
    `Let ${fault.route} read text`,
    findResource(at, fault.path),
    fault.what === 'converts-text'
      ? `${onMethod(at, 'update-integration', fault.method)} --patch-operations op=remove,path=/contentHandling`
      : `${onMethod(at, 'update-integration', fault.method)} --patch-operations op=replace,path=/contentHandling,value=CONVERT_TO_TEXT`,
    deployAgain(at),
  );
