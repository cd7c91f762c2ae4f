import { annotations, type KubeObject } from '@tiphys/model';

/** The values of a comma-separated annotation such as `argocd.argoproj.io/sync-options`, trimmed. */
export const optionsOf = (object: KubeObject, annotation: string): readonly string[] =>
  (object.metadata.annotations?.[annotation] ?? '')
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '');

/** True where the object's own sync options hold this one, e.g. `Prune=false`. */
export const hasSyncOption = (object: KubeObject, option: string): boolean =>
  optionsOf(object, annotations.syncOptions).includes(option);

/** True where the object or the Application asks for it; an object's own opposite value wins. */
export function isOptionOn(name: string, object: KubeObject, appOptions: readonly string[]): boolean {
  const own = optionsOf(object, annotations.syncOptions);
  if (own.includes(`${name}=true`)) return true;
  if (own.includes(`${name}=false`)) return false;
  return appOptions.includes(`${name}=true`);
}

/** Sync wave of an object: its annotation, else the weight of a Helm hook, else 0. Text that is no number counts as 0. */
export function waveOf(object: KubeObject): number {
  const marks = object.metadata.annotations;
  const text = marks?.[annotations.syncWave] ?? marks?.[annotations.helmHookWeight];
  return text !== undefined && /^[+-]?\d+$/u.test(text) ? Number(text) : 0;
}
