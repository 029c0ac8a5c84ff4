// (to be filled)
import type { DeployedApi } from '../model/kinds.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    deployedApi: DeployedApi;
  }
}
