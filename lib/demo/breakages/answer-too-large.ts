// A release answers with whole lists: half of them are above Lambda's 6 MB.
import { goodRelease, release, second, type Breakage } from './breakage.ts';

export default {
  id: 'answer-too-large',
  title: 'Answers above 6 MB',
  says: 'a release answers with whole lists; half of them are larger than Lambda lets through',
  cause: 'response-too-large',
  breakIt: (shop, stage) => release(shop, stage, { outcome: (random) => (random() < 0.5 ? 'throw' : 'ok'), dies: 'size', ms: second }),
  mend: goodRelease,
} satisfies Breakage;
