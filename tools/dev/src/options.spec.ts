import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tiphys-options-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('parseOptions', () => {
  it('needs nothing', () => {
    expect(parseOptions([], {})).toEqual({
      kubeconfig: undefined,
      namespace: 'argocd',
      values: {},
      help: false,
    });
  });

  it('prefers arguments to the environment', () => {
    const env = { TIPHYS_KUBECONFIG: '/env', TIPHYS_NAMESPACE: 'env' };
    expect(parseOptions([], env)).toMatchObject({ kubeconfig: '/env', namespace: 'env' });
    const args = ['--kubeconfig', '/arg', '--namespace=arg'];
    expect(parseOptions(args, env)).toMatchObject({ kubeconfig: '/arg', namespace: 'arg' });
  });

  it('reads values', () => {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, 'server:\n  replicas: 2\n');
    expect(parseOptions(['--values', file], {}).values).toEqual({ server: { replicas: 2 } });
    writeFileSync(file, '- a\n');
    expect(() => parseOptions(['--values', file], {})).toThrow(/holds no map/);
  });

  it('refuses what it does not know, with the usage', () => {
    expect(() => parseOptions(['--wat'], {})).toThrow(/wat[^]*usage: npm start/);
  });
});
