import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Installation } from '../../testing/installation.ts';

let installation: Installation;

beforeAll(async () => {
  installation = await Installation.create('password');
});

afterAll(() => installation.remove());

describe('admin initial-password', () => {
  it('says where it looked when there is none', async () => {
    const { code, stdout, stderr } = await installation.run(['admin', 'initial-password']);
    expect({ code, stdout }).toEqual({ code: 20, stdout: '' });
    expect(stderr).toContain(
      `The namespace ${installation.namespace} has no secret argocd-initial-admin-secret`,
    );
  });

  it('prints it', async () => {
    await installation.apply(
      'apiVersion: v1\nkind: Secret\nmetadata: {name: argocd-initial-admin-secret}\nstringData: {password: first-one}\n',
    );
    const { code, stdout } = await installation.run(['admin', 'initial-password']);
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, 2)).toEqual(['first-one', '']);
  });

  it.each([
    [['--context', 'nosuch'], 'there is no such context'],
    [['--kubeconfig', '/no/such/file'], 'cannot read the kubeconfig /no/such/file'],
    [['--certificate-authority', '/no/such/file'], 'The file /no/such/file cannot be read.'],
    [['--as', 'somebody'], 'cannot get resource'],
    [['--server', 'https://127.0.0.1:1', '--request-timeout', '1s'], '127.0.0.1:1'],
    [['--request-timeout', 'soon'], '--request-timeout soon'],
  ])('%j: %s', async (flags, message) => {
    const { code, stderr } = await installation.run(['admin', 'initial-password', ...flags]);
    expect(code).toBe(20);
    expect(stderr).toContain(message);
  });

  it('takes on the rights of a group', async () => {
    const flags = ['--as', 'root', '--as-group', 'system:masters'];
    expect((await installation.run(['admin', 'initial-password', ...flags])).code).toBe(0);
  });
});
