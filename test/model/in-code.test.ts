// One piece of configuration in three languages: what is quoted, nested and escaped in each.
import { describe, expect, it } from 'vitest';
import { inCode } from '../../lib/model/in-code.ts';

const codes = (...args: Parameters<typeof inCode>) => inCode(...args).map((s) => s.code);

describe('a resource of its own', () => {
  const [yaml, cdk, hcl] = codes('Keep it', {
    type: 'AWS::X::Thing',
    properties: {
      Name: 'orders',
      Path: '(none)',
      Port: 80,
      On: true,
      Yes: 'no',
      List: ['a', '*'],
      Rules: [{ From: 1 }],
      Deep: { 'a.b': "it's" },
    },
    terraform: {
      type: 'aws_thing',
      arguments: {
        name: 'orders',
        port: 80,
        list: ['a', 'b'],
        map_of: { map: { 'a.b': '${x} %{y} $z' } },
        rule: [{ block: { from: 1 } }, { block: { from: 2, inner: { block: { deep: true } } } }],
      },
    },
  });
  it('in CloudFormation', () => {
    expect(yaml).toMatchInlineSnapshot(`
      "PutBack:
        Type: AWS::X::Thing
        Properties:
          Name: orders
          Path: "(none)"
          Port: 80
          "On": true
          "Yes": "no"
          List:
            - a
            - "*"
          Rules:
            - {"From":1}
          Deep:
            a.b: "it's""
    `);
  });
  it('in CDK, by the same names', () => {
    expect(
      cdk?.startsWith('new CfnResource(this, \'PutBack\', {\n  type: \'AWS::X::Thing\',\n  properties: {\n    "Name": "orders",'),
    ).toBe(true);
    expect(cdk?.endsWith('\n  },\n});')).toBe(true);
  });
  it('in Terraform, where nothing is taken for a template', () => {
    expect(hcl).toMatchInlineSnapshot(`
      "resource "aws_thing" "put_back" {
        name = "orders"
        port = 80
        list = ["a", "b"]
        map_of = {
          "a.b" = "$\${x} %%{y} $z"
        }
        rule {
          from = 1
        }
        rule {
          from = 2
          inner {
            deep = true
          }
        }
      }"
    `);
  });
});

it('a property of what is there already: only that, and of what', () => {
  const properties = { Timeout: 20, Integration: { Uri: 'x' } };
  expect(
    codes('Raise it', {
      of: 'orders\n; rm -rf',
      type: 'AWS::Lambda::Function',
      properties,
      terraform: { type: 'aws_lambda_function', arguments: { timeout: 20 } },
    }),
  ).toMatchInlineSnapshot(`
      [
        "# AWS::Lambda::Function orders ; rm -rf
      Properties:
        Timeout: 20
        Integration:
          Uri: x",
        "// the construct of orders ; rm -rf (AWS::Lambda::Function)
      const resource = construct.node.defaultChild as CfnResource;
      resource.addPropertyOverride('Timeout', 20);
      resource.addPropertyOverride('Integration', {
        "Uri": "x"
      });",
        "# aws_lambda_function orders ; rm -rf
      timeout = 20",
      ]
    `);
});

it('is titled by what it does, in each language', () => {
  const piece = { type: 'T', properties: {}, terraform: { type: 't', arguments: {} } };
  expect(inCode('Keep it', piece).map((s) => [s.title, s.language])).toEqual([
    ['Keep it (CloudFormation)', 'yaml'],
    ['Keep it (CDK)', 'typescript'],
    ['Keep it (Terraform)', 'hcl'],
  ]);
});
