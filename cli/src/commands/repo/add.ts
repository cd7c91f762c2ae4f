import { exitCodes, Failure } from '../../program/failure.ts';
import { defineCommand } from '../../program/definition.ts';
import { loginFlags, loginOf, present } from './login-flags.ts';

export const command = defineCommand({
  usage: 'REPOURL',
  args: { min: 1, max: 1 },
  description: 'Adds a repository, once the server has reached it with the login that you give.',
  flags: {
    ...loginFlags,
    name: { kind: 'text', describe: 'Name of the repository; Helm repositories need one' },
    project: { kind: 'text', describe: 'Project that it belongs to', placeholder: 'project' },
    'insecure-skip-server-verification': {
      kind: 'switch',
      describe: "Trust the server's certificate or host key unseen",
    },
    'insecure-ignore-host-key': {
      kind: 'switch',
      describe: 'As --insecure-skip-server-verification',
      hidden: true,
    },
    'enable-lfs': { kind: 'switch', describe: 'Fetch large files as well' },
    depth: { kind: 'integer', describe: 'Commits of the history that are fetched; 0 for all' },
    'webhook-manifest-cache-warm-disabled': {
      kind: 'switch',
      describe: 'Render nothing ahead when a webhook tells of a commit',
    },
  },
  examples: [
    {
      what: 'A private repository',
      line: 'tiphys repo add https://git.example.com/shop.git --username ci --password "$TOKEN"',
    },
    {
      what: 'Over ssh',
      line: 'tiphys repo add git@git.example.com:shop.git --ssh-private-key-path ~/.ssh/shop',
    },
    {
      what: 'A Helm repository',
      line: 'tiphys repo add https://charts.example.com --type helm --name charts',
    },
  ],
  async run({ connect, out, prompter }, { args: [url = ''], flags }) {
    if (flags.type === 'helm' && (flags.name ?? '') === '')
      throw new Failure("Must specify --name for repos of type 'helm'", { exitCode: exitCodes.general });
    const body = {
      repo: url,
      ...(await loginOf(url, flags, prompter)),
      ...present({
        name: flags.name,
        project: flags.project,
        insecure: flags['insecure-skip-server-verification'],
        insecureIgnoreHostKey: flags['insecure-ignore-host-key'],
        enableLfs: flags['enable-lfs'],
        depth: flags.depth,
        webhookManifestCacheWarmDisabled: flags['webhook-manifest-cache-warm-disabled'],
      }),
    };
    await (await connect()).repositories.create(body, flags.upsert ? { upsert: true } : {});
    out.line(`Repository '${url}' added`);
    return 0;
  },
});
