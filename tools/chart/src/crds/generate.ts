import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { dump } from 'js-yaml';
import { format, resolveConfig } from 'prettier';
import { crdDirs, wireDir } from '../paths.ts';
import { definitionsOf, type Definition } from './definition.ts';
import { parseTable } from './table.ts';

async function toYaml(definition: Definition, file: string): Promise<string> {
  const text = dump(definition, { noRefs: true, lineWidth: -1 });
  return format(text, { ...(await resolveConfig(file)), parser: 'yaml' });
}

const table = resolve(process.argv[2] ?? resolve(wireDir, 'crds.tsv'));
for (const definition of definitionsOf(parseTable(await readFile(table, 'utf8')))) {
  for (const dir of crdDirs) {
    const file = resolve(dir, `${definition.spec.names.plural}.yaml`);
    await mkdir(dir, { recursive: true });
    await writeFile(file, await toYaml(definition, file));
    console.log(`wrote ${file}`);
  }
}
