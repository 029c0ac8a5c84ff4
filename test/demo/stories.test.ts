// The stories that are told shortest: mended unasked, held back by the kill switch, passed by itself, undone after the close, put back on
// approval. All of them, with logs and without, with every kind of person: test/slow.
import { ofTheirOwn } from '../../lib/demo/scenarios/index.ts';
import { holds } from './ends.ts';

const among = (...ids: readonly string[]) => ofTheirOwn.filter((s) => ids.includes(s.id));

holds(among('permission-removed-by-deploy', 'kill-switch', 'passing-blip', 'function-deleted', 'forged-log-lines'), 'silent', true);
holds(among('permission-removed-by-deploy', 'passing-blip'), 'silent', false);
holds(among('permission-removed-on-purpose', 'change-freeze', 'approved-rollback'), 'approve', true);
holds(among('undo-after-close'), 'undo', true);
