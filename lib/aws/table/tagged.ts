// The tag by which an owner opens a resource to Gatemedic without listing it: the same on functions and on log groups.
export const tagged: Readonly<Record<string, string>> = { 'aws:ResourceTag/gatemedic': 'allowed' };
