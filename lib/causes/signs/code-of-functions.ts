// What advice asks of functions, roles, keys, tables and queues, as pieces of infrastructure: which property of which resource, written once.
import type { Snippet } from '../../model/cause.ts';
import { inCode, type Hcl, type Json } from '../../model/in-code.ts';

type Snippets = readonly Snippet[];
const gateway = 'apigateway.amazonaws.com';

const document = (statement: Readonly<Record<string, Json>>): { readonly Version: string; readonly Statement: readonly Json[] } => ({
  Version: '2012-10-17',
  Statement: [statement],
});

/** One property of a Lambda function. */
export const functionInCode = (
  title: string,
  name: string,
  property: Readonly<Record<string, Json>>,
  terraform: Readonly<Record<string, Hcl>>,
): Snippets =>
  inCode(title, {
    of: name,
    type: 'AWS::Lambda::Function',
    properties: property,
    terraform: { type: 'aws_lambda_function', arguments: terraform },
  });

/** A statement that lets API Gateway call a function. */
export const permissionInCode = (name: string, qualifier: string | undefined, sourceArn: string): Snippets =>
  inCode('Keep the permission in code', {
    type: 'AWS::Lambda::Permission',
    properties: {
      FunctionName: qualifier === undefined ? name : `${name}:${qualifier}`,
      Action: 'lambda:InvokeFunction',
      Principal: gateway,
      SourceArn: sourceArn,
    },
    terraform: {
      type: 'aws_lambda_permission',
      arguments: {
        function_name: name,
        ...(qualifier === undefined ? {} : { qualifier }),
        action: 'lambda:InvokeFunction',
        principal: gateway,
        source_arn: sourceArn,
      },
    },
  });

/** Warm environments of an alias. */
export const warmInCode = (name: string, alias: string, environments: number): Snippets =>
  inCode('Keep environments warm in code', {
    of: `${name}:${alias}`,
    type: 'AWS::Lambda::Alias',
    properties: { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: environments } },
    terraform: {
      type: 'aws_lambda_provisioned_concurrency_config',
      arguments: { function_name: name, qualifier: alias, provisioned_concurrent_executions: environments },
    },
  });

/** The trust of a role that API Gateway assumes. */
export function trustInCode(role: string): Snippets {
  const policy = document({ Effect: 'Allow', Principal: { Service: gateway }, Action: 'sts:AssumeRole' });
  return inCode('Keep the trust in code', {
    of: role,
    type: 'AWS::IAM::Role',
    properties: { AssumeRolePolicyDocument: policy },
    terraform: { type: 'aws_iam_role', arguments: { assume_role_policy: JSON.stringify(policy) } },
  });
}

/** One permission of a role, as a policy of its own. */
export function allowInCode(role: string, action: string, resource: string, called = 'gateway'): Snippets {
  const policy = document({ Effect: 'Allow', Action: action, Resource: resource });
  return inCode('Keep the permission in code', {
    type: 'AWS::IAM::RolePolicy',
    properties: { RoleName: role, PolicyName: called, PolicyDocument: policy },
    terraform: { type: 'aws_iam_role_policy', arguments: { role, name: called, policy: JSON.stringify(policy) } },
  });
}

export const keyInCode = (key: string): Snippets =>
  inCode('Keep the key enabled in code', {
    of: key,
    type: 'AWS::KMS::Key',
    properties: { Enabled: true },
    terraform: { type: 'aws_kms_key', arguments: { is_enabled: true } },
  });

/** A table that follows its load. */
export const onDemandInCode = (table: string): Snippets =>
  inCode('Keep it on demand in code', {
    of: table,
    type: 'AWS::DynamoDB::Table',
    properties: { BillingMode: 'PAY_PER_REQUEST' },
    terraform: { type: 'aws_dynamodb_table', arguments: { billing_mode: 'PAY_PER_REQUEST' } },
  });

export const queueInCode = (name: string): Snippets =>
  inCode('Make the queue again in code', {
    type: 'AWS::SQS::Queue',
    properties: { QueueName: name },
    terraform: { type: 'aws_sqs_queue', arguments: { name } },
  });
