import type { Api } from '../../api/api.ts';
import type { AppRef } from '../../api/applications.ts';
import type { App } from '../../api/schemas/application.ts';
import { formatDocument } from '../../output/document.ts';
import { objectOf } from '../../output/object-diff.ts';
import { defineCommand, type FlagSet, type FlagValues } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace, sourceRevisions } from './flags.ts';
import { localFilesOf, localFlags } from './local/flags.ts';
import { localManifests } from './local/manifests.ts';
import { revisionsOf } from './sync-request.ts';

const flags = {
  source: {
    kind: 'text',
    default: 'git',
    describe: 'git for what is desired, live for what is in the cluster',
  },
  revision: { kind: 'text', describe: 'What is desired at this revision' },
  ...sourceRevisions,
  ...localFlags('.'),
  'app-namespace': appNamespace,
} as const satisfies FlagSet;

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description:
    'Prints the manifests of an application as YAML documents. Values of Secrets are masked by the server.',
  flags,
  examples: [
    { what: 'What is desired', line: 'tiphys app manifests shop' },
    { what: 'What is in the cluster', line: 'tiphys app manifests shop --source live' },
    { what: 'What a tag holds', line: 'tiphys app manifests shop --revision v1.2.0' },
    { what: 'What a directory would make', line: 'tiphys app manifests shop --local ./deploy' },
  ],
  async run({ connect, out }, { args, flags: values, given }) {
    const ref = parseAppRef(args[0] ?? '', values['app-namespace']);
    const api = await connect();
    const app = await api.applications.get(ref);
    for (const text of await manifestsOf(api, { app, ref, values, given }))
      out.write(`---\n${formatDocument(objectOf(text, 'the manifests') ?? null, 'yaml')}\n`);
    return exitCodes.ok;
  },
});

interface Wanted {
  readonly app: App;
  readonly ref: AppRef;
  readonly values: FlagValues<typeof flags>;
  readonly given: ReadonlySet<string>;
}

async function manifestsOf(api: Api, wanted: Wanted): Promise<readonly string[]> {
  switch (wanted.values.source) {
    case 'git':
      return await desired(api, wanted);
    case 'live':
      return (await api.applications.managedResources(wanted.ref)).map(
        ({ liveState }) => liveState ?? 'null',
      );
    default:
      throw new Failure(`Unknown source type '${wanted.values.source}'`, { hints: ['Choose git or live.'] });
  }
}

async function desired(api: Api, { app, ref, values, given }: Wanted): Promise<readonly string[]> {
  const files = localFilesOf(values, given);
  if (files !== undefined) return await localManifests(api, { app, ref, files });
  const { revisions, sourcePositions } = revisionsOf(values, app);
  if (revisions !== undefined && sourcePositions !== undefined) {
    const positions = sourcePositions.map(String);
    return await api.applications.manifests(ref, { revisions, sourcePositions: positions });
  }
  if (values.revision !== undefined && values.revision !== '')
    return await api.applications.manifests(ref, { revision: values.revision });
  return (await api.applications.managedResources(ref)).map(({ targetState }) => targetState ?? 'null');
}
