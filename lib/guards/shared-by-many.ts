// What very many routes share is an outage of something else when it breaks, and a change of it reaches all of them.
import { guard } from '../model/change.ts';

export default guard({
  id: 'shared-by-many',
  title: 'More routes share it than may be changed unasked',
  check: ({ routesShared, sharedByRoutes }) =>
    routesShared <= sharedByRoutes
      ? undefined
      : {
          id: 'shared-by-many',
          lowersTo: 'ask',
          says: `${routesShared} routes of this stage share what would be changed; more than ${sharedByRoutes} are not touched unasked`,
        },
});
