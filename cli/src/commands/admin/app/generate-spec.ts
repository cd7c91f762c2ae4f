import { isJsonObject, stringAt, type JsonObject } from '@tiphys/model';
import { defineCommand } from '../../../program/definition.ts';
import { createFlags, wantedApps } from '../../app/wanted-apps.ts';
import { emit, generatedTexts, outputFlag } from '../generated-output.ts';

const { upsert: _upsert, 'app-namespace': _appNamespace, ...specFlags } = createFlags;

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 0, max: 1 },
  description: 'Prints an application that is made of flags, to be kept in git.',
  flags: {
    ...specFlags,
    'revision-history-limit': { ...specFlags['revision-history-limit'], default: 10 },
    name: { kind: 'text', hidden: true, describe: 'Name, in place of the argument' },
    env: { kind: 'text', hidden: true, describe: 'Accepted and not used' },
    output: outputFlag,
    inline: { kind: 'switch', short: 'i', describe: 'Write back into the file that is given with --file' },
  },
  examples: [
    {
      what: 'A folder of manifests',
      line: 'tiphys admin app generate-spec shop --repo https://git.example.com/shop.git --path deploy --dest-server https://kubernetes.default.svc --dest-namespace shop',
    },
    {
      what: 'Change one in its file',
      line: 'tiphys admin app generate-spec -f app.yaml --revision v2 --inline',
    },
  ],
  async run(invocation, { args: [name = ''], flags, given }) {
    const named = flags.name ?? name;
    const limit = 'revision-history-limit';
    const apps = await wantedApps(invocation, {
      args: named === '' ? [] : [named],
      flags: {
        ...flags,
        upsert: false,
        'app-namespace': undefined,
        [limit]: given.has(limit) ? flags[limit] : undefined,
      },
      given,
    });
    const text = generatedTexts(apps.map(withProject), flags.output);
    await emit(text, flags, invocation.out);
    return 0;
  },
});

/** The project is always there, as the schema asks for it. */
function withProject(app: JsonObject): JsonObject {
  const spec = isJsonObject(app['spec']) ? app['spec'] : {};
  return { ...app, spec: { ...spec, project: stringAt(spec, 'project') ?? '' } };
}
