import { withCurrent, withoutContext } from '../../config/contexts.ts';
import { readConfig, writeConfig } from '../../config/file.ts';
import { configPath } from '../../config/path.ts';
import type { Config } from '../../config/schema.ts';
import { formatTable } from '../../output/table.ts';
import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';

export const command = defineCommand({
  usage: '[CONTEXT]',
  args: { min: 0, max: 1 },
  description: 'Lists the contexts, or makes one the current one, or deletes one.',
  flags: { delete: { kind: 'switch', describe: 'Delete the context' } },
  examples: [
    { what: 'The contexts; a star marks the current one', line: 'tiphys context' },
    { what: 'Switch', line: 'tiphys context prod' },
    { what: 'Forget one', line: 'tiphys context prod --delete' },
  ],
  async run({ globals, env, out }, { args, flags }) {
    const path = configPath(globals.config, env);
    const config = await readConfig(path);
    const [name] = args;
    if (config === undefined || config.contexts.length === 0)
      throw new Failure(`No local configuration found at ${path}.`, {
        hints: ['tiphys login SERVER makes one.'],
      });
    if (name === undefined) {
      if (flags.delete) throw new Failure('Say which context to delete.');
      out.write(listOf(config));
      return 0;
    }
    await writeConfig(path, flags.delete ? withoutContext(config, name) : withCurrent(config, name));
    out.line(flags.delete ? `Context '${name}' deleted` : `Switched to context '${name}'`);
    return 0;
  },
});

function listOf({ contexts, 'current-context': current }: Config): string {
  const rows = contexts.map(({ name, server }) => [name === current ? '*' : '', name, server]);
  return formatTable([['CURRENT', 'NAME', 'SERVER'], ...rows]);
}
