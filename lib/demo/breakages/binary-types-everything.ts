// Somebody makes everything binary for the sake of one image: the OPTIONS mock cannot read its request any more.
import { openMock, setBinary } from '../service-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'binary-types-everything',
  title: 'Binary media types */*',
  says: 'the API’s binary media types become */*, and the CORS mock has no CONVERT_TO_TEXT',
  cause: 'payload-encoding',
  prepare: openMock,
  breakIt: (shop, stage) => setBinary(shop, stage, ['*/*']),
  mend: (shop, stage) => setBinary(shop, stage, []),
} satisfies Breakage;
