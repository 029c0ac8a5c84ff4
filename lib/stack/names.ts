// Names are fixed, for there is one installation per account and Region: the kill switch's fixed name makes a second one fail to deploy.
// They break the circle between functions and machines, and tell Gatemedic's own functions, groups and alarms from the patient's.
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { prefix } from '../model/names.ts';

export const incidentMachine = `${prefix}-incident`;
export const undoMachine = `${prefix}-undo`;
export const scheduleGroup = prefix;
/** Begins the names of the alarms on watched stages. Not `gatemedic`: intake ignores Gatemedic's own alarms by that name. */
export const stageAlarmPrefix = 'api-5xx-watched-';

/** ARN of something of ours that is not made yet. */
export function arnOf(scope: Construct, service: string, resource: string): string {
  const stack = Stack.of(scope);
  return `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${resource}`;
}
