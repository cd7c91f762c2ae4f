import { TiphysError, type HelmSource } from '@tiphys/model';
import type { RenderRequest } from '@tiphys/ports';

export interface TemplateInput {
  readonly helm: HelmSource;
  readonly request: Pick<RenderRequest, 'appName' | 'destinationNamespace' | 'kubeVersion' | 'apiVersions'>;
  /** Absolute files, the weakest first. */
  readonly valueFiles: readonly string[];
  /** Absolute files of the file parameters, in their order. */
  readonly parameterFiles: readonly string[];
}

/** Arguments of `helm template` for the chart in the working directory; values of the user never stand for a flag. */
export function templateArgs(input: TemplateInput): readonly string[] {
  const { helm, request } = input;
  const namespace = helm.namespace ?? request.destinationNamespace;
  const kubeVersion = helm.kubeVersion ?? request.kubeVersion;
  return [
    'template',
    ...(namespace === '' ? [] : [`--namespace=${namespace}`]),
    ...(kubeVersion === '' ? [] : [`--kube-version=${kubeVersion}`]),
    ...(helm.apiVersions ?? request.apiVersions).map((version) => `--api-versions=${version}`),
    ...(helm.skipCrds === true ? [] : ['--include-crds']),
    ...(helm.skipTests === true ? ['--skip-tests'] : []),
    ...(helm.skipSchemaValidation === true ? ['--skip-schema-validation'] : []),
    ...input.valueFiles.map((file) => `--values=${asCsv(file)}`),
    ...parameterFlags(helm),
    ...(helm.fileParameters ?? []).map(
      (one, index) =>
        `--set-file=${parameterName(one.name)}=${escapeCommas(input.parameterFiles[index] ?? '')}`,
    ),
    '--',
    releaseName(helm, request.appName),
    '.',
  ];
}

/** The release: as the source says, else the Application's name without its namespace. */
export function releaseName(helm: HelmSource, appName: string): string {
  if (helm.releaseName !== undefined && helm.releaseName !== '') return helm.releaseName;
  return appName.slice(appName.indexOf('_') + 1);
}

function parameterFlags(helm: HelmSource): readonly string[] {
  const all = helm.parameters ?? [];
  const flag = (name: string, value: string | undefined): string =>
    `${parameterName(name)}=${isList(value ?? '') ? (value ?? '') : escapeCommas(value ?? '')}`;
  return [
    ...all.filter((one) => one.forceString !== true).map((one) => `--set=${flag(one.name, one.value)}`),
    ...all
      .filter((one) => one.forceString === true)
      .map((one) => `--set-string=${flag(one.name, one.value)}`),
  ];
}

function parameterName(name: string): string {
  if (name === '') throw new TiphysError('invalid', 'a parameter in spec.source.helm has no name');
  return name;
}

/** The flag takes a line of comma-separated values. */
const asCsv = (file: string): string => (/[",]/.test(file) ? `"${file.replaceAll('"', '""')}"` : file);

/** `{a,b}` is a list of Helm, so that its commas count. */
const isList = (value: string): boolean => value.startsWith('{') && value.endsWith('}');

/** A comma would end the value; one that is escaped already stays as it is. */
const escapeCommas = (value: string): string => value.replaceAll(/(?<!\\),/g, '\\,');
