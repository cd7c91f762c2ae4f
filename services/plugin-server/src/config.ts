import { flags, type ConfigOf, type ConfigSpec } from '@tiphys/runtime/config';

/** Every setting of the plugin server. Names are those that pod specs of sidecars use (wire/env.tsv, cmp-server). */
export const configSpec = {
  configDirPath: {
    kind: flags.text,
    help: 'Folder of plugin.yaml.',
    default: '/home/argocd/cmp-server/config',
  },
  socketDir: {
    kind: flags.text,
    help: 'Folder that the socket is put in, shared with the repo-server.',
    default: '/home/argocd/cmp-server/plugins',
    env: ['ARGOCD_PLUGINSOCKFILEPATH'],
  },
  workDir: {
    kind: flags.text,
    help: 'Folder for the files of requests, each of which is removed with its request.',
    default: '/tmp',
    env: ['ARGOCD_CMP_WORKDIR'],
  },
  execTimeout: {
    kind: flags.durationMs,
    help: "Deadline of one request's commands together; an earlier one of the caller counts instead.",
    default: '90s',
    env: ['ARGOCD_EXEC_TIMEOUT'],
  },
  execFatalTimeout: {
    kind: flags.durationMs,
    help: 'What a command has, after SIGTERM at its deadline, before it is killed.',
    default: '10s',
    env: ['ARGOCD_EXEC_FATAL_TIMEOUT'],
  },
  maxOutputMb: {
    kind: flags.integer(1, 2_000),
    help: 'Megabytes that a command may write, and that an answer may have.',
    default: '100',
    env: ['ARGOCD_GRPC_MAX_SIZE_MB'],
  },
  installTo: {
    kind: flags.text,
    help: 'Put this program into a folder, so that containers without Node can run it as argocd-cmp-server, and end.',
  },
  loglevel: {
    kind: flags.oneOf(['debug', 'info', 'warn', 'error']),
    help: 'Least level that is logged.',
    default: 'info',
    env: ['ARGOCD_CMP_SERVER_LOGLEVEL'],
  },
  logformat: {
    kind: flags.oneOf(['json', 'text']),
    help: 'Form of the log.',
    default: 'json',
    env: ['ARGOCD_CMP_SERVER_LOGFORMAT'],
  },
} as const satisfies ConfigSpec;

export type PluginServerConfig = ConfigOf<typeof configSpec>;
