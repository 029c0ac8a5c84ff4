// The wire between Gatemedic and its own resources in the sandbox: asks the role, counts the attempt, throws what a real edge throws.
import { WorldError } from '../world.ts';

/** Counts one attempt on `service` and throws `denied` when the role does not allow `action` on `arn`. */
export type OwnWire = (service: string, action: string, arn: string) => void;

/** One message to the topic. */
export interface Said {
  readonly at: number;
  readonly subject: string;
  readonly message: Readonly<Record<string, unknown>>;
}

export function ownWire(count: (service: string) => void, allows: (action: string, arn: string) => boolean, role: string): OwnWire {
  return (service, action, arn) => {
    count(service);
    if (!allows(action, arn)) throw new WorldError('denied', action, `role ${role} is not allowed ${action} on ${arn}`);
  };
}
