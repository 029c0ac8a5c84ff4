// Names of what an installation makes in an account: the stack builds by them, and the command line finds an installation by them.

export const prefix = 'gatemedic';
/** Of a duty's Lambda function. */
export const functionName = (duty: string): string => `${prefix}-${duty}`;
/** The alias that events, clicks and people's orders are handed to: always the newest version. */
export const liveAlias = 'live';
