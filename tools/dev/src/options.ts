import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { load } from 'js-yaml';
import { z } from 'zod';
import { TiphysError, messageOf } from '@tiphys/model';

export const usage = `usage: npm start -- [options]

  --kubeconfig FILE   use this cluster instead of starting one (or TIPHYS_KUBECONFIG)
  --namespace NAME    where Tiphys lives; default argocd (or TIPHYS_NAMESPACE)
  --values FILE       values of the chart, YAML or JSON
  --help`;

export interface DevOptions {
  readonly kubeconfig: string | undefined;
  readonly namespace: string;
  /** Of the chart. */
  readonly values: object;
  readonly help: boolean;
}

/** @throws TiphysError that says what is wrong with the arguments. */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): DevOptions {
  const { kubeconfig, namespace, values, help } = read(args);
  return {
    kubeconfig: kubeconfig ?? (env['TIPHYS_KUBECONFIG'] || undefined),
    namespace: namespace ?? (env['TIPHYS_NAMESPACE'] || 'argocd'),
    values: values === undefined ? {} : valuesIn(values),
    help: help ?? false,
  };
}

function read(args: readonly string[]): {
  kubeconfig?: string;
  namespace?: string;
  values?: string;
  help?: boolean;
} {
  const text = { type: 'string' } as const;
  const options = { kubeconfig: text, namespace: text, values: text, help: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw new TiphysError('invalid', `${messageOf(cause)}\n${usage}`, { cause });
  }
}

function valuesIn(file: string): object {
  const parsed = z.record(z.string(), z.unknown()).safeParse(load(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new TiphysError('invalid', `${file} holds no map of values`);
}
