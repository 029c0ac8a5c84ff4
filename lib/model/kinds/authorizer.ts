// What evidence tells of the Lambda authorizers before a stage's routes: compact, redacted, plain JSON.
import type { DeployedAuthorizer } from './api.ts';
import type { FunctionFact, FunctionPolicy, PartlyHad } from './function.ts';

/** One authorizer that calls a function, with what Lambda says of that function. */
export interface AuthorizerFact extends DeployedAuthorizer {
  /** API Gateway's id: an invoke permission names it, and no export does. */
  readonly id?: string;
  /** Routes that ask it, as people write them. */
  readonly routes: readonly string[];
  /** The function's configuration, under the qualifier the authorizer names. */
  readonly fact?: FunctionFact;
  readonly policy?: FunctionPolicy['policies'][string];
}

/** What could not be had of an authorizer stands in `notHad`, by its name. */
export interface Authorizers extends PartlyHad {
  readonly authorizers: readonly AuthorizerFact[];
  /** The deployment could not be read, so these are the authorizers as last edited: what the stage serves may differ. */
  readonly edited?: true;
}
