import { kubeFlags } from '../kube/flags.ts';
import type { Flag } from '../program/definition.ts';

const names = [
  'namespace',
  'kubeconfig',
  'context',
  'cluster',
  'user',
  'token',
  'username',
  'password',
  'insecure-skip-tls-verify',
  'proxy-url',
  'request-timeout',
] as const;

/** Flags about a cluster on commands that ask none: taken, so that scripts go on, and left out of the help. */
export const unusedKubeFlags = Object.fromEntries(
  names.map((name) => [name, { ...kubeFlags[name], hidden: true }]),
) as unknown as Readonly<Record<(typeof names)[number], Flag>>;
