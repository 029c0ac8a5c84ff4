import { writeFileSync, mkdirSync } from 'node:fs';
import { frozen } from './template.ts';
import { templateOfAll } from './shop.ts';
mkdirSync('.tmp/mutants', { recursive: true });
writeFileSync('.tmp/mutants/template.json', JSON.stringify(frozen(templateOfAll())));
