import { groupOf } from '@tiphys/model';
import type { KubeObject } from '@tiphys/model';
import { parseControlSettings, type ControlSettings } from '@tiphys/settings';
import { exitCodes, Failure } from '../../../../program/failure.ts';
import type { Invocation } from '../../../../program/invocation.ts';
import { readObject } from '../../read-object.ts';
import type { SettingsValues } from '../flags.ts';
import { overriddenKinds } from '../overridden-kinds.ts';
import { readSettings, readYaml } from '../source.ts';

/** An object of a file, and the settings that are tried on it. */
export interface Subject {
  readonly object: KubeObject;
  /** Its kind for messages: `apps/Deployment`, `/ConfigMap`. */
  readonly kind: string;
  readonly settings: ControlSettings;
  /** True where the settings say anything of the kind. */
  readonly isOverridden: boolean;
}

/** @throws Failure where the settings have a mistake in what they say of kinds */
export async function readSubject(
  invocation: Invocation,
  flags: SettingsValues,
  path: string,
): Promise<Subject> {
  const { cm } = await readSettings(invocation, flags);
  const object = await readObject(path);
  const settings = parseControlSettings(cm, readYaml);
  const mistakes = settings.mistakes.filter((text) => text.startsWith('resource.customizations'));
  if (mistakes.length > 0)
    throw new Failure(`The settings have mistakes: ${mistakes.join('; ')}`, { exitCode: exitCodes.general });
  const kind = `${groupOf(object.apiVersion)}/${object.kind}`;
  return { object, kind, settings, isOverridden: overriddenKinds(cm).has(kind.replace(/^\//, '')) };
}

export const nothingConfigured = (what: string, { kind }: Subject): string =>
  `${what} are not configured for '${kind}'`;
