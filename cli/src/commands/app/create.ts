import { jsonEqual } from '@tiphys/merge';
import { stringAt, valueAt, type JsonObject } from '@tiphys/model';
import type { Api } from '../../api/api.ts';
import { isApiError } from '../../api/api-error.ts';
import type { App } from '../../api/schemas/application.ts';
import { defineCommand } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import { createFlags, wantedApps, type CreateInput } from './wanted-apps.ts';

export const command = defineCommand({
  usage: '[APPNAME]',
  args: { min: 0, max: 1 },
  description:
    'Creates an application out of flags, or those of a file with the flags put over them. Creating the same again changes nothing.',
  flags: createFlags,
  examples: [
    {
      what: 'A folder of manifests',
      line: 'tiphys app create shop --repo https://git.example.com/shop.git --path deploy --dest-server https://kubernetes.default.svc --dest-namespace shop',
    },
    {
      what: 'A chart of a Helm repository, synced at each new version',
      line: 'tiphys app create cache --repo https://charts.example.com --helm-chart redis --revision 18.x --helm-set replicas=2 --dest-name in-cluster --dest-namespace cache --sync-policy automated --auto-prune',
    },
    {
      what: 'The applications of a file, overwriting what is there',
      line: 'tiphys app create -f apps.yaml --upsert',
    },
    { what: 'Out of standard input', line: 'render-app | tiphys app create -f -' },
  ],
  async run(invocation, input) {
    const apps = await wantedApps(invocation, input);
    const api = await invocation.connect();
    for (const app of apps) {
      const outcome = await createOne(api, app, input.flags);
      invocation.out.line(`application '${stringAt(app, 'metadata', 'name') ?? ''}' ${outcome}`);
    }
    return 0;
  },
});

async function createOne(
  api: Api,
  app: JsonObject,
  { upsert, validate }: Pick<CreateInput['flags'], 'upsert' | 'validate'>,
): Promise<'created' | 'updated' | 'unchanged'> {
  const before = await existing(api, app);
  const after = await api.applications.create(app, { upsert, validate });
  if (before === undefined) return 'created';
  return sameIntent(before, after) ? 'unchanged' : 'updated';
}

/** The application of that name; undefined where there is none, or none that this user may see. */
async function existing(api: Api, app: JsonObject): Promise<App | undefined> {
  const namespace = stringAt(app, 'metadata', 'namespace');
  const name = stringAt(app, 'metadata', 'name') ?? '';
  if (name === '') throw new Failure('An application needs a name.', { exitCode: exitCodes.general });
  try {
    return await api.applications.get({ name, ...(namespace === undefined ? {} : { namespace }) });
  } catch (error) {
    if (isApiError(error, 'not-found', 'permission-denied')) return undefined;
    throw error;
  }
}

const intent = [
  ['spec'],
  ['metadata', 'labels'],
  ['metadata', 'annotations'],
  ['metadata', 'finalizers'],
] as const;

const sameIntent = (before: App, after: App): boolean =>
  intent.every((path) => jsonEqual(valueAt(asJson(before), ...path), valueAt(asJson(after), ...path)));

const asJson = (app: App): JsonObject => app as unknown as JsonObject;
