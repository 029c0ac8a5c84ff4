// A deploy gives the OPTIONS mock a template without a status: browsers' first question fails, the function is as well as ever.
import { openMock, serveMock } from '../service-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'mock-without-status',
  title: 'CORS mock without a status',
  says: 'a deploy gives the OPTIONS mock a template that names no statusCode',
  cause: 'mapping-template-error',
  prepare: openMock,
  breakIt: (shop, stage) => serveMock(shop, stage, '{}'),
  mend: (shop, stage) => serveMock(shop, stage),
} satisfies Breakage;
