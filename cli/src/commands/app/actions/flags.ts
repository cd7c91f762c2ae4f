import type { FlagSet } from '../../../program/definition.ts';
import { appNamespace } from '../flags.ts';

/** Which objects of an application a command is about. */
export const targetFlags = {
  group: { kind: 'text', describe: 'Only objects of this API group' },
  kind: { kind: 'text', describe: 'Only objects of this kind' },
  namespace: { kind: 'text', describe: 'Only objects in this namespace' },
  'resource-name': { kind: 'text', describe: 'Only the object of this name' },
  'app-namespace': appNamespace,
} as const satisfies FlagSet;
