/** A config-management plugin as a sidecar of the repo-server. */
export interface SidecarSketch {
  /** `metadata.name` of its plugin.yaml, and the name of its container. */
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

const SOCKETS = '/home/argocd/cmp-server/plugins';
const CONFIG = '/home/argocd/cmp-server/config';
const PROGRAM = '/var/run/argocd/argocd-cmp-server';

/** Their plugin.yaml files: the data of one config map. */
export const pluginFiles = (plugins: readonly SidecarSketch[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    plugins.map(({ name, spec }) => [
      name,
      JSON.stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'ConfigManagementPlugin',
        metadata: { name },
        spec,
      }),
    ]),
  );

/** Values of the chart that run them, as its users write them; `configMap` holds their files. */
export function sidecarValues(plugins: readonly SidecarSketch[], configMap: string): object {
  return {
    extraContainers: plugins.map(({ name, env = {} }) => ({
      name,
      image: 'registry.example.com/any:1',
      command: [PROGRAM, '--config-dir-path', CONFIG],
      env: [
        { name: 'ARGOCD_PLUGINSOCKFILEPATH', value: SOCKETS },
        ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
      ],
      securityContext: { runAsNonRoot: true, runAsUser: 999 },
      volumeMounts: [
        { name: 'var-files', mountPath: '/var/run/argocd' },
        { name: 'plugins', mountPath: SOCKETS },
        { name: `${name}-config`, mountPath: CONFIG },
        { name: `${name}-tmp`, mountPath: '/tmp' },
      ],
    })),
    volumes: plugins.flatMap(({ name }) => [
      { name: `${name}-config`, configMap: { name: configMap, items: [{ key: name, path: 'plugin.yaml' }] } },
      { name: `${name}-tmp`, emptyDir: {} },
    ]),
  };
}
