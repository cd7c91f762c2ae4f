/** Flags that several verbs share. */
export const appsetNamespace = {
  kind: 'text',
  short: 'N',
  describe: 'Namespace of the application set',
  placeholder: 'namespace',
} as const;

export const output = {
  kind: 'text',
  short: 'o',
  default: 'wide',
  describe: 'Format: wide, json or yaml',
} as const;
