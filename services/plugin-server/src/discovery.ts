import { posix } from 'node:path';
import { compileGlob } from '@tiphys/glob';
import { TiphysError } from '@tiphys/model';
import type { RepoFiles } from '@tiphys/ports';
import type { RequestCommands } from './commands.ts';
import type { PluginConfig } from './plugin-config.ts';

/** Whether the rule of `spec.discover` finds something in the application's directory. The first that is set counts. */
export async function discovers(
  { spec: { discover } }: PluginConfig,
  directory: string,
  { files, commands }: { readonly files: RepoFiles; readonly commands: RequestCommands },
): Promise<boolean> {
  if (discover.fileName !== '') return hasFile(files, directory, discover.fileName);
  if (discover.find.glob !== '') return hasFile(files, directory, discover.find.glob);
  if (discover.find.command.length === 0) return false;
  const output = await commands.run('spec.discover.find', discover.find, directory);
  return output.length > 0;
}

async function hasFile(files: RepoFiles, directory: string, pattern: string): Promise<boolean> {
  const matches = compileGlob(posix.normalize(pattern), { separator: '/' });
  if (matches === undefined) {
    throw new TiphysError('invalid', `plugin.yaml: spec.discover: ${JSON.stringify(pattern)} is not a glob`);
  }
  const root = await files.open(directory);
  return (await root.walk('.')).some((path) => matches(path));
}
