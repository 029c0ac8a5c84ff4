// Application Auto Scaling over the SDK; loaded on first use.
import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'application-autoscaling'> {
  const client = new ApplicationAutoScalingClient(settings);
  return {
    'application-autoscaling:DescribeScalableTargets': (input) => client.send(new DescribeScalableTargetsCommand(input)),
  };
}
