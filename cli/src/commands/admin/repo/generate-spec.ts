import { secretTypes } from '@tiphys/model';
import { secretNames } from '@tiphys/settings';
import { defineCommand } from '../../../program/definition.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';
import { command as add } from '../../repo/add.ts';
import { loginOf, present } from '../../repo/login-flags.ts';
import { declaringSecret } from '../declaring-secret.ts';
import { generatedText, outputFlag } from '../generated-output.ts';

const { upsert: _upsert, ...repositoryFlags } = add.flags;

export const command = defineCommand({
  usage: 'REPOURL',
  args: { min: 1, max: 1 },
  description: 'Prints the secret that declares a repository. It holds the login in clear.',
  flags: { ...repositoryFlags, output: outputFlag },
  examples: [
    {
      what: 'A private repository',
      line: 'tiphys admin repo generate-spec https://git.example.com/shop.git --username ci --password "$TOKEN"',
    },
  ],
  async run({ out, prompter }, { args: [url = ''], flags }) {
    if (flags.type === 'helm' && (flags.name ?? '') === '')
      throw new Failure("Must specify --name for repos of type 'helm'", { exitCode: exitCodes.general });
    const fields = {
      ...(await loginOf(url, { ...flags, upsert: false }, prompter)),
      ...present({
        name: flags.name,
        project: flags.project,
        insecure: flags['insecure-skip-server-verification'],
        insecureIgnoreHostKey: flags['insecure-ignore-host-key'],
        enableLfs: flags['enable-lfs'],
        depth: flags.depth,
        webhookManifestCacheWarmDisabled: flags['webhook-manifest-cache-warm-disabled'],
      }),
      url,
    };
    const data = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
    const name = secretNames.repository(url, flags.project ?? '');
    out.write(generatedText(declaringSecret({ name, type: secretTypes.repository, data }), flags.output));
    return 0;
  },
});
