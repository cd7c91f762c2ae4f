import { readConfig, writeConfig } from '../../config/file.ts';
import { configPath } from '../../config/path.ts';
import { defineCommand } from '../../program/definition.ts';
import { unusedKubeFlags } from '../unused-kube-flags.ts';
import { Failure } from '../../program/failure.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description:
    'Changes settings of the configuration file. --prompts-enabled says whether commands that remove something ask first.',
  flags: unusedKubeFlags,
  examples: [
    { what: 'Ask before anything is removed', line: 'tiphys configure --prompts-enabled' },
    { what: 'Never ask', line: 'tiphys configure --prompts-enabled=false' },
  ],
  async run({ globals, env, out }) {
    const path = configPath(globals.config, env);
    const config = await readConfig(path);
    if (config === undefined)
      throw new Failure('No local configuration found', {
        hints: [`Looked for ${path}; tiphys login SERVER makes one.`],
      });
    const enabled = globals['prompts-enabled'] ?? false;
    await writeConfig(path, { ...config, 'prompts-enabled': enabled });
    out.line('Successfully updated the following configuration settings:');
    out.line(`prompts-enabled: ${String(enabled)}`);
    return 0;
  },
});
