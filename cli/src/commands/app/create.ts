import { readFile } from 'node:fs/promises';
import { arrayAt, isJsonObject, messageOf, stringAt, valueAt, type JsonObject } from '@tiphys/model';
import { jsonEqual } from '@tiphys/merge';
import { parseKubernetesObjects } from '@tiphys/yaml';
import type { Api } from '../../api/api.ts';
import { isApiError } from '../../api/api-error.ts';
import type { App } from '../../api/schemas/application.ts';
import { defineCommand, type FlagSet, type Input } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace } from './flags.ts';
import { specFlags } from './spec/flags.ts';
import { parseMap } from './spec/pairs.ts';
import { applySpecFlags, type SpecInput } from './spec/spec.ts';

const RESOURCES_FINALIZER = 'resources-finalizer.argocd.argoproj.io';

const flags = {
  file: {
    kind: 'text',
    short: 'f',
    describe: 'File with applications; - reads standard input',
    placeholder: 'file',
  },
  upsert: { kind: 'switch', describe: 'Overwrite an application of that name' },
  validate: {
    kind: 'switch',
    default: true,
    describe: 'Let the server check that the sources can be rendered',
  },
  'set-finalizer': {
    kind: 'switch',
    describe: 'Delete its objects when the application is deleted by other means',
  },
  label: { kind: 'list', short: 'l', describe: 'Label, NAME=VALUE', placeholder: 'label' },
  annotations: { kind: 'list', describe: 'Annotation, NAME=VALUE', placeholder: 'annotation' },
  'app-namespace': appNamespace,
  ...specFlags,
} as const satisfies FlagSet;

type CreateInput = Input<typeof flags>;

export const command = defineCommand({
  usage: '[APPNAME]',
  args: { min: 0, max: 1 },
  description:
    'Creates an application out of flags, or those of a file with the flags put over them. Creating the same again changes nothing.',
  flags,
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

async function wantedApps(invocation: Invocation, input: CreateInput): Promise<readonly JsonObject[]> {
  const { file } = input.flags;
  const literalValues = await literalOf(input.flags['values-literal-file']);
  const spec: SpecInput = { ...input, ...(literalValues === undefined ? {} : { literalValues }) };
  if (file === undefined) {
    const [name] = input.args;
    if (name === undefined) throw new Failure('Give the name of the application, or a file with -f.');
    return [
      withFlags(
        { metadata: parseAppRef(name, input.flags['app-namespace']) as object as JsonObject },
        spec,
        input,
      ),
    ];
  }
  const text = file === '-' ? await invocation.prompter.readAll() : await readText(file);
  const objects = parseKubernetesObjects(text, { file: file === '-' ? 'standard input' : file });
  if (objects.length === 0) throw new Failure(`${file} holds no application.`);
  return objects.map((object) => withFlags(checkKind(object, file), spec, input));
}

const literalOf = async (file: string | undefined): Promise<string | undefined> =>
  file === undefined ? undefined : readText(file);

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new Failure(`The file ${file} cannot be read: ${messageOf(error)}`, {
      exitCode: exitCodes.general,
      cause: error,
    });
  });
}

function checkKind(object: JsonObject, file: string): JsonObject {
  if (object['kind'] === 'Application') return object;
  const name = stringAt(object, 'metadata', 'name') ?? '';
  throw new Failure(
    `${file} holds the ${stringAt(object, 'kind') ?? ''} ${name}, which is not an Application.`,
    {
      exitCode: exitCodes.general,
    },
  );
}

/** An Application with what the flags say put over it. */
function withFlags(app: JsonObject, spec: SpecInput, { flags: values }: CreateInput): JsonObject {
  const metadata = isJsonObject(app['metadata']) ? app['metadata'] : {};
  const namespace = values['app-namespace'];
  const finalizers = arrayAt(metadata, 'finalizers');
  const addFinalizer = values['set-finalizer'] && !finalizers.includes(RESOURCES_FINALIZER);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      ...metadata,
      ...(namespace === undefined ? {} : { namespace }),
      ...mapOver(metadata, 'labels', values.label, 'label'),
      ...mapOver(metadata, 'annotations', values.annotations, 'annotations'),
      ...(addFinalizer ? { finalizers: [...finalizers, RESOURCES_FINALIZER] } : {}),
    },
    spec: applySpecFlags(isJsonObject(app['spec']) ? app['spec'] : {}, spec),
    ...(isJsonObject(app['operation']) ? { operation: app['operation'] } : {}),
  };
}

function mapOver(metadata: JsonObject, key: string, texts: readonly string[], flag: string): JsonObject {
  if (texts.length === 0) return {};
  const before = metadata[key];
  return { [key]: { ...(isJsonObject(before) ? before : {}), ...parseMap(texts, flag) } };
}

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
