import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { runHere } from '../../../testing/run-here.ts';

let folder: string;
let receiver: Server;
const received: string[] = [];

const TOKEN = 'token-of-the-receiver';

beforeAll(async () => {
  await ensureGoWasm();
  folder = await mkdtemp(join(tmpdir(), 'tiphys-notify-'));
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      received.push(`${request.url ?? ''} ${request.headers.authorization ?? ''} ${body}`);
      response.end();
    });
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const { port } = receiver.address() as AddressInfo;
  await writeFile(
    join(folder, 'cm.yaml'),
    `apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-notifications-cm}
data:
  context: |
    team: web
  trigger.on-failed: |
    - when: app.status.operationState.phase in ['Error', 'Failed']
      send: [failed]
    - when: app.metadata.name == 'other'
      oncePer: app.status.sync.revision
      send: [failed, more]
  trigger.broken: |
    - when: app.status.(
      send: [failed]
  template.failed: |
    message: |
      {{.app.metadata.name}} of {{.context.team}} failed for {{.recipient}}.
      See the logs.
    webhook:
      hook: {method: POST, body: '{"app": "{{.app.metadata.name}}"}'}
  template.bad: |
    message: "{{.app.metadata.name"
  service.webhook.hook: |
    url: http://127.0.0.1:${String(port)}
    headers: [{name: Authorization, value: $token}]
`,
  );
  await writeFile(
    join(folder, 'secret.yaml'),
    `apiVersion: v1\nkind: Secret\nmetadata: {name: argocd-notifications-secret}\nstringData: {token: ${TOKEN}}\n`,
  );
  await writeFile(
    join(folder, 'app.yaml'),
    'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop}\nspec: {}\nstatus: {operationState: {phase: Failed}}\n',
  );
});

afterAll(async () => {
  receiver.close();
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const run = (...words: readonly string[]) =>
  runHere(
    ['admin', 'notifications', ...words, '--config-map', at('cm.yaml'), '--secret', at('secret.yaml')],
    { env: { HOME: folder } },
  );

describe('admin notifications', () => {
  it('lists triggers and templates', async () => {
    expect((await run('trigger', 'get')).stdout).toMatch(
      /^NAME +TEMPLATE +CONDITION\nbroken .*\non-failed +failed +app\.status.*\non-failed +failed, more +app/,
    );
    expect((await run('template', 'get')).stdout).toContain('failed  {{.app.metadata.name}} of');
    expect((await run('template', 'get', '-o', 'name')).stdout).toBe('bad\nfailed\n');
    expect((await run('trigger', 'get', 'on-failed', '-o', 'yaml')).stdout).toContain(
      'oncePer: app.status.sync.revision',
    );
    expect((await run('trigger', 'get', 'nosuch')).stderr).toContain('nosuch is not configured.');
    expect((await run('trigger', 'get', '-o', 'html')).code).toBe(20);
  });

  it('runs a trigger on an application', async () => {
    const { stdout, stderr, code } = await run('trigger', 'run', 'on-failed', at('app.yaml'));
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^CONDITION +RESULT\napp\.status.*'Failed'\] +true\napp\.metadata.* +false\n$/);
    expect((await run('trigger', 'run', 'broken', at('app.yaml'))).stderr).toContain('app.status.(');
    expect((await run('trigger', 'run', 'nosuch', at('app.yaml'))).stderr).toContain(
      'There are: broken, on-failed.',
    );
  });

  it('prints a message', async () => {
    const { stdout, stderr } = await run('template', 'notify', 'failed', at('app.yaml'));
    expect(stdout, stderr).toContain('shop of web failed for stdout.');
  });

  it('sends a message, and shows no credential when that fails', async () => {
    const words = ['template', 'notify', 'failed', at('app.yaml'), '--recipient'];
    const sent = await run(...words, 'hook:');
    expect(sent, sent.stderr).toMatchObject({ code: 0, stdout: '' });
    expect(received).toEqual([`/ ${TOKEN} {"app": "shop"}`]);
    expect((await run(...words, 'slack:x')).stderr).toContain('The service slack is not configured.');
    const bad = await run('template', 'notify', 'bad', at('app.yaml'));
    expect(bad.code).toBe(20);
    expect(bad.stderr).toContain('The template bad, message:');
    expect(sent.stdout + sent.stderr + bad.stderr).not.toContain(TOKEN);
  });
});
