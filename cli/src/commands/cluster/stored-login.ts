import type { JsonObject } from '@tiphys/model';
import type { KubeContext } from '../../kube/kubeconfig.ts';
import { present } from '../repo/login-flags.ts';
import { pairs } from './pairs.ts';

/** What the flags say of a program that gives the login. */
export interface PluginFlags {
  readonly 'aws-cluster-name'?: string | undefined;
  readonly 'aws-role-arn'?: string | undefined;
  readonly 'aws-profile'?: string | undefined;
  readonly 'exec-command'?: string | undefined;
  readonly 'exec-command-args': readonly string[];
  readonly 'exec-command-env': readonly string[];
  readonly 'exec-command-api-version'?: string | undefined;
  readonly 'exec-command-install-hint'?: string | undefined;
}

/** A login that the control plane gets by a program of its own; undefined where the flags name none. */
export function pluginLogin(values: PluginFlags): JsonObject | undefined {
  if (values['aws-cluster-name'] !== undefined) {
    return {
      awsAuthConfig: present({
        clusterName: values['aws-cluster-name'],
        roleARN: values['aws-role-arn'],
        profile: values['aws-profile'],
      }),
    };
  }
  if (values['exec-command'] === undefined) return undefined;
  return {
    execProviderConfig: present({
      command: values['exec-command'],
      args: values['exec-command-args'],
      env: pairs(values['exec-command-env']),
      apiVersion: values['exec-command-api-version'],
      installHint: values['exec-command-install-hint'],
    }),
  };
}

/** How the control plane reaches the cluster. An authority says nothing where certificates are not verified. */
export const connectionOf = (
  { insecure, ca, serverName }: KubeContext,
  flags: { readonly 'proxy-url'?: string | undefined; readonly 'disable-compression': boolean },
): JsonObject => ({
  tlsClientConfig: {
    insecure,
    ...(serverName === undefined ? {} : { serverName }),
    ...(ca === undefined || insecure ? {} : { caData: Buffer.from(ca).toString('base64') }),
  },
  ...present({ proxyUrl: flags['proxy-url'], disableCompression: flags['disable-compression'] }),
});
