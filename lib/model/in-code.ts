// One piece of configuration in the three languages infrastructure is mostly written in. It is said once, in CloudFormation's own names; CDK takes
// the same names (CfnResource, addPropertyOverride), so only Terraform's words stand beside them. Every advice and nothing else is made of this.
import type { Snippet } from './cause.ts';

type Plain = string | number | boolean;
export type Json = Plain | readonly Json[] | { readonly [key: string]: Json };
/** Terraform tells blocks (`name { … }`, repeated for a list of them) from maps (`name = { … }`). */
export type Hcl = Plain | readonly Plain[] | Block | readonly Block[] | { readonly map: Readonly<Record<string, Plain>> };
interface Block {
  readonly block: Readonly<Record<string, Hcl>>;
}

export interface Piece {
  /** The resource's type as CloudFormation names it. */
  readonly type: string;
  readonly properties: Readonly<Record<string, Json>>;
  readonly terraform: { readonly type: string; readonly arguments: Readonly<Record<string, Hcl>> };
  /** The name of what is in code already: then only these properties of it are shown. Absent: a resource of its own. */
  readonly of?: string;
}

/** The piece as CloudFormation, CDK and Terraform, in this order. `title` says what it does. */
export const inCode = (title: string, piece: Piece): readonly Snippet[] => [
  { title: `${title} (CloudFormation)`, language: 'yaml', code: cloudFormation(piece) },
  { title: `${title} (CDK)`, language: 'typescript', code: cdk(piece) },
  { title: `${title} (Terraform)`, language: 'hcl', code: terraform(piece) },
];

const one = (name: string): string => name.replace(/\s+/g, ' ').slice(0, 120);

function cloudFormation({ type, properties, of }: Piece): string {
  if (of !== undefined) return [`# ${type} ${one(of)}`, 'Properties:', ...yaml(properties, 1)].join('\n');
  return ['PutBack:', `  Type: ${type}`, '  Properties:', ...yaml(properties, 2)].join('\n');
}
function yaml(value: Readonly<Record<string, Json>>, depth: number): readonly string[] {
  const pad = '  '.repeat(depth);
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = `${pad}${yamlText(key)}:`;
    if (Array.isArray(inner)) return [name, ...(inner as readonly Json[]).flatMap((item) => yamlItem(item, pad))];
    return typeof inner === 'object' ? [name, ...yaml(inner as Readonly<Record<string, Json>>, depth + 1)] : [`${name} ${yamlText(inner)}`];
  });
}
/** An item of a list: JSON where it is more than one value, which is YAML too. */
const yamlItem = (item: Json, pad: string): readonly string[] => [
  `${pad}  - ${typeof item === 'object' ? JSON.stringify(item) : yamlText(item)}`,
];
/** Text that YAML might take for something else is quoted. */
const yamlText = (value: Plain): string =>
  typeof value === 'string' &&
  (!/^[A-Za-z][\w./:-]{0,500}$/.test(value) || /^(?:true|false|yes|no|on|off|null|y|n)$/i.test(value) || value.endsWith(':'))
    ? JSON.stringify(value)
    : String(value);

function cdk({ type, properties, of }: Piece): string {
  if (of === undefined) return `new CfnResource(this, 'PutBack', {\n  type: '${type}',\n  properties: ${indented(properties, '  ')},\n});`;
  const lines = Object.entries(properties).map(([key, value]) => `resource.addPropertyOverride('${key}', ${indented(value, '')});`);
  return [`// the construct of ${one(of)} (${type})`, 'const resource = construct.node.defaultChild as CfnResource;', ...lines].join('\n');
}
const indented = (value: Json | Readonly<Record<string, Json>>, pad: string): string =>
  JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${pad}`);

function terraform({ terraform: { type, arguments: all }, of }: Piece): string {
  if (of !== undefined) return [`# ${type} ${one(of)}`, ...hcl(all, '')].join('\n');
  return [`resource "${type}" "put_back" {`, ...hcl(all, '  '), '}'].join('\n');
}
function hcl(all: Readonly<Record<string, Hcl>>, pad: string): readonly string[] {
  return Object.entries(all).flatMap(([name, value]): readonly string[] => {
    if (isPlain(value)) return [`${pad}${name} = ${hclText(value)}`];
    if (!Array.isArray(value)) {
      if ('block' in value) return [`${pad}${name} {`, ...hcl(value.block, `${pad}  `), `${pad}}`];
      const { map } = value as { readonly map: Readonly<Record<string, Plain>> };
      return [`${pad}${name} = {`, ...Object.entries(map).map(([key, inner]) => `${pad}  ${hclText(key)} = ${hclText(inner)}`), `${pad}}`];
    }
    const list = value as readonly (Plain | Block)[];
    return list.every(isPlain)
      ? [`${pad}${name} = [${list.map(hclText).join(', ')}]`]
      : list.flatMap((block) => (isPlain(block) ? [] : hcl({ [name]: block }, pad)));
  });
}
const isPlain = (value: Hcl | Plain | Block): value is Plain => typeof value !== 'object';
/** `${` and `%{` begin templates in HCL: doubled, they stand for themselves. */
const hclText = (value: Plain): string =>
  typeof value === 'string' ? JSON.stringify(value).replace(/[$%](?=\{)/g, (sign) => sign + sign) : String(value);
