import { withLogin } from '../../config/contexts.ts';
import { readConfig, writeConfig } from '../../config/file.ts';
import { configPath } from '../../config/path.ts';
import { emptyConfig } from '../../config/schema.ts';
import type { Invocation } from '../../program/invocation.ts';

const KUBERNETES = 'kubernetes';

/** Remembers a context that has no server: commands work with the cluster of the kubeconfig from then on. */
export async function rememberCore(
  { globals, env, out }: Invocation,
  name: string | undefined,
): Promise<number> {
  const path = configPath(globals.config, env);
  const config = (await readConfig(path)) ?? emptyConfig;
  const context = name ?? KUBERNETES;
  const server = { server: KUBERNETES, 'grpc-web-root-path': '', core: true };
  await writeConfig(path, withLogin(config, { context, server, token: '' }));
  out.line(`Context '${context}' updated`);
  return 0;
}
