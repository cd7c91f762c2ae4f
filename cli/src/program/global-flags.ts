import type { FlagSet, FlagValues } from './definition.ts';

/** Flags that every command takes. */
export const globalFlags = {
  server: { kind: 'text', describe: 'Address of the server, HOST[:PORT]' },
  'auth-token': { kind: 'text', describe: 'Token to authenticate with' },
  plaintext: { kind: 'switch', describe: 'Talk plain HTTP' },
  insecure: { kind: 'switch', describe: "Don't verify the certificate of the server" },
  'server-crt': {
    kind: 'text',
    describe: 'File with the certificate authority of the server',
    placeholder: 'file',
  },
  'client-crt': { kind: 'text', describe: 'File with a client certificate', placeholder: 'file' },
  'client-crt-key': {
    kind: 'text',
    describe: 'File with the key of the client certificate',
    placeholder: 'file',
  },
  header: {
    kind: 'list',
    short: 'H',
    describe: 'Header to send with every request, as `Name: value`',
    placeholder: 'header',
  },
  'argocd-context': { kind: 'text', describe: 'Context of the configuration file to use' },
  config: { kind: 'text', describe: 'Configuration file', placeholder: 'file' },
  'http-retry-max': {
    kind: 'integer',
    default: 0,
    describe: 'How often a read that failed on the way is repeated',
  },
  'prompts-enabled': {
    kind: 'maybe',
    describe: 'Ask before anything is removed (the configuration file may say so too)',
  },
  logformat: { kind: 'text', default: 'text', describe: 'How errors are written: text or json' },
  'grpc-web': { kind: 'switch', hidden: true, describe: 'Accepted and not needed: the client speaks HTTP' },
  'grpc-web-root-path': {
    kind: 'text',
    describe: 'Path under which the server answers',
    placeholder: 'path',
  },
  loglevel: { kind: 'text', hidden: true, describe: 'Accepted and not needed' },
} as const satisfies FlagSet;

export type Globals = FlagValues<typeof globalFlags>;
