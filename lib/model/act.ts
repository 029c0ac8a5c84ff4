// What a person may press: the one list that buttons, the receiver and the answer share.

/** `settle`: a person says that a stuck change was set by hand. */
export const acts = ['approve', 'dismiss', 'undo', 'keep', 'settle'] as const;
export type Act = (typeof acts)[number];
