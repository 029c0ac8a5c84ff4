// What is Gatemedic's own: it must never trigger itself, or one failure of ours becomes a loop.

/** Log groups of our functions and state machines: they carry our name wherever CloudFormation puts it. */
export const isOwnGroup = (logGroup: string): boolean =>
  /^\/?(?:aws\/(?:lambda|vendedlogs|states|codebuild)\/(?:states\/)?)?gatemedic/i.test(logGroup);

/**
 * Alarms on ourselves measure Lambda, Step Functions or SQS. The alarms we put on a watched stage bear our stack's name
 * too, so the name alone decides nothing: an alarm on a gateway's 5xx is read, whoever made it.
 */
export const isOwnAlarm = (alarmName: string): boolean => /^gatemedic/i.test(alarmName);
