import { z } from 'zod';
import { TiphysError, type ApplicationSource, type JsonValue } from '@tiphys/model';

const text = z.string();
const texts = z.array(text);
const flag = z.boolean();
const dictionary = z.record(text, text);
const jsonObject = z.record(text, z.unknown());

const helm = z.object({
  valueFiles: texts,
  parameters: z.array(z.object({ name: text, value: text.optional(), forceString: flag.optional() })),
  fileParameters: z.array(z.object({ name: text, path: text })),
  releaseName: text,
  values: text,
  valuesObject: jsonObject,
  version: text,
  namespace: text,
  kubeVersion: text,
  apiVersions: texts,
  passCredentials: flag,
  ignoreMissingValueFiles: flag,
  skipCrds: flag,
  skipTests: flag,
  skipSchemaValidation: flag,
});

const kustomize = z.object({
  namePrefix: text,
  nameSuffix: text,
  images: texts,
  replicas: z.array(z.object({ name: text, count: z.union([z.int(), text]) })),
  commonLabels: dictionary,
  commonAnnotations: dictionary,
  forceCommonLabels: flag,
  forceCommonAnnotations: flag,
  commonAnnotationsEnvsubst: flag,
  labelWithoutSelector: flag,
  labelIncludeTemplates: flag,
  namespace: text,
  version: text,
  kubeVersion: text,
  apiVersions: texts,
  components: texts,
  ignoreMissingComponents: flag,
  patches: z.array(
    z.object({
      path: text.optional(),
      patch: text.optional(),
      target: jsonObject.optional(),
      options: z.record(text, flag).optional(),
    }),
  ),
});

const jsonnetVars = z.array(z.object({ name: text, value: text, code: flag.optional() }));
const directory = z.object({
  recurse: flag,
  include: text,
  exclude: text,
  jsonnet: z.object({ extVars: jsonnetVars, tlas: jsonnetVars, libs: texts }).partial(),
});

const plugin = z.object({
  name: text,
  env: z.array(z.object({ name: text, value: text })),
  parameters: z.array(
    z.object({
      name: text,
      string: text.optional(),
      map: dictionary.optional(),
      array: texts.optional(),
    }),
  ),
});

const overrides = z
  .object({
    helm: helm.partial(),
    kustomize: kustomize.partial(),
    directory: directory.partial(),
    plugin: plugin.partial(),
  })
  .partial();

/** What an override file may set: the settings of the tools, nothing of where the source comes from. */
export type SourceOverrides = Pick<ApplicationSource, 'helm' | 'kustomize' | 'directory' | 'plugin'>;

/** Checks the tool settings of a source; unknown fields are dropped. Errors are `invalid` and name `file` and the field. */
export function parseSourceOverrides(value: JsonValue, file: string): SourceOverrides {
  const result = overrides.safeParse(value);
  if (result.success) return result.data as SourceOverrides;
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the file' : issue.path.join('.');
  throw new TiphysError('invalid', `${file}: ${where}: ${issue?.message ?? 'not valid'}`);
}
