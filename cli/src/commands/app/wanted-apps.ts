import { arrayAt, isJsonObject, stringAt, type JsonObject } from '@tiphys/model';
import { parseKubernetesObjects } from '@tiphys/yaml';
import type { FlagSet, Input } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace } from './flags.ts';
import { legacyFlags, specFlags } from './spec/flags.ts';
import { readLocalFile } from './spec/local-file.ts';
import { parseMap } from './spec/pairs.ts';
import { applySpecFlags, type SpecInput } from './spec/spec.ts';

const RESOURCES_FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/** The flags of `app create`. */
export const createFlags = {
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
  name: { kind: 'text', hidden: true, describe: 'Name of the application' },
  ...legacyFlags,
  ...specFlags,
} as const satisfies FlagSet;

export type CreateInput = Input<typeof createFlags>;

/** The Applications to create: those of a file with the flags put over them, or one of flags alone. */
export async function wantedApps(invocation: Invocation, input: CreateInput): Promise<readonly JsonObject[]> {
  const { file } = input.flags;
  const literalValues = await literalOf(input.flags['values-literal-file']);
  const spec: SpecInput = { ...input, ...(literalValues === undefined ? {} : { literalValues }) };
  if (file === undefined) {
    const name = nameIn(input);
    if (name === undefined) throw new Failure('Give the name of the application, or a file with -f.');
    return [
      withFlags(
        { metadata: parseAppRef(name, input.flags['app-namespace']) as object as JsonObject },
        spec,
        input,
      ),
    ];
  }
  const text = file === '-' ? await invocation.prompter.readAll() : await readLocalFile(file);
  const objects = parseKubernetesObjects(text, { file: file === '-' ? 'standard input' : file });
  if (objects.length === 0) throw new Failure(`${file} holds no application.`);
  return objects.map((object) => withFlags(checkKind(object, file), spec, input));
}

/** The name stands behind the verb; `--name` says it too, and must not say another one. */
function nameIn({ args: [name], flags: { name: other } }: CreateInput): string | undefined {
  if (name === undefined || other === undefined || name === other) return name ?? other;
  throw new Failure(`--name argument '${other}' does not match app name ${name}`);
}

const literalOf = async (file: string | undefined): Promise<string | undefined> =>
  file === undefined ? undefined : readLocalFile(file);

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
