import type {
  ApplicationSource,
  DirectorySource,
  HelmSource,
  JsonnetVar,
  KustomizeSource,
  PluginSource,
} from '@tiphys/model';
import { substituteEnv } from './substitute-env.ts';

type Env = Readonly<Record<string, string>>;

/**
 * The source with the build environment put into the fields that take it: values of Helm parameters, paths of file
 * parameters and value files, Kustomize images, labels and (where asked) annotations, Jsonnet variables and libs,
 * values of a plugin's environment. Inline Helm values and all else stay as they are.
 */
export function substituteSource(source: ApplicationSource, env: Env): ApplicationSource {
  return {
    ...source,
    ...(source.helm && { helm: inHelm(source.helm, env) }),
    ...(source.kustomize && { kustomize: inKustomize(source.kustomize, env) }),
    ...(source.directory && { directory: inDirectory(source.directory, env) }),
    ...(source.plugin && { plugin: inPlugin(source.plugin, env) }),
  };
}

function inHelm(helm: HelmSource, env: Env): HelmSource {
  const { parameters, fileParameters, valueFiles } = helm;
  return {
    ...helm,
    ...(parameters && {
      parameters: parameters.map((one) =>
        one.value === undefined ? one : { ...one, value: substituteEnv(one.value, env) },
      ),
    }),
    ...(fileParameters && {
      fileParameters: fileParameters.map((one) => ({ ...one, path: inFile(one.path, env) })),
    }),
    ...(valueFiles && { valueFiles: valueFiles.map((file) => inFile(file, env)) }),
  };
}

function inKustomize(kustomize: KustomizeSource, env: Env): KustomizeSource {
  const { images, commonLabels, commonAnnotations, commonAnnotationsEnvsubst } = kustomize;
  return {
    ...kustomize,
    ...(images && { images: images.map((image) => substituteEnv(image, env)) }),
    ...(commonLabels && { commonLabels: inValues(commonLabels, env) }),
    ...(commonAnnotations &&
      commonAnnotationsEnvsubst === true && { commonAnnotations: inValues(commonAnnotations, env) }),
  };
}

function inDirectory(directory: DirectorySource, env: Env): DirectorySource {
  const { jsonnet } = directory;
  if (jsonnet === undefined) return directory;
  const inVars = (vars: readonly JsonnetVar[]): readonly JsonnetVar[] =>
    vars.map((one) => ({ ...one, value: substituteEnv(one.value, env) }));
  return {
    ...directory,
    jsonnet: {
      ...jsonnet,
      ...(jsonnet.extVars && { extVars: inVars(jsonnet.extVars) }),
      ...(jsonnet.tlas && { tlas: inVars(jsonnet.tlas) }),
      ...(jsonnet.libs && { libs: jsonnet.libs.map((lib) => substituteEnv(lib, env)) }),
    },
  };
}

function inPlugin(plugin: PluginSource, env: Env): PluginSource {
  if (plugin.env === undefined) return plugin;
  return { ...plugin, env: plugin.env.map((one) => ({ ...one, value: substituteEnv(one.value, env) })) };
}

/** `$ref/...` names another source and keeps its first part, unless that part is a variable of the environment. */
function inFile(file: string, env: Env): string {
  const reference = /^\$([A-Za-z0-9_-]+)\//.exec(file);
  const variable = /^[A-Za-z0-9_]+/.exec(reference?.[1] ?? '')?.[0] ?? '';
  if (reference === null || Object.hasOwn(env, variable)) return substituteEnv(file, env);
  return reference[0] + substituteEnv(file.slice(reference[0].length), env);
}

const inValues = (values: Readonly<Record<string, string>>, env: Env): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, substituteEnv(value, env)]));
