import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '@tiphys/model';
import { createAuthority } from '@tiphys/testing/pki';
import { startHttpReceiver, type HttpReceiver, type HttpReceiverOptions } from '@tiphys/testing/receivers';
import { createNotifier, type NotifierRequest } from './index.ts';

const receivers: HttpReceiver[] = [];
afterEach(() => Promise.all(receivers.splice(0).map((receiver) => receiver.stop())));
async function receive(options?: HttpReceiverOptions): Promise<HttpReceiver> {
  const receiver = await startHttpReceiver(options);
  receivers.push(receiver);
  return receiver;
}

const TOKEN = 'xoxb-canary-0123';
const notifier = (type: string, options: JsonObject, more: Partial<NotifierRequest> = {}) =>
  createNotifier({ type, name: type === 'webhook' ? 'hook' : type, options, secrets: [TOKEN], ...more });
const message = (content: JsonObject) => ({ id: 'd1', service: 'hook', recipient: 'room', content });

describe('webhook', () => {
  it('sends method, path, headers, login and body of the template', async () => {
    const receiver = await receive();
    const hook = notifier('webhook', {
      url: `${receiver.url}/base/`,
      headers: [
        { name: 'Content-Type', value: 'application/json' },
        { name: 'X-Number', value: 5 },
      ],
      basicAuth: { username: 'bob', password: 'pw' },
    });
    await hook.send(
      message({ webhook: { hook: { method: 'post', path: '/x/y?z=1', body: '{"a":1}' }, other: {} } }),
    );
    expect(receiver.requests).toMatchObject([
      {
        method: 'POST',
        path: '/base/x/y?z=1',
        body: '{"a":1}',
        headers: {
          'content-type': 'application/json',
          'x-number': '5',
          authorization: `Basic ${Buffer.from('bob:pw').toString('base64')}`,
          'idempotency-key': 'd1',
        },
      },
    ]);
  });

  it('sends the plain message when the template has nothing for it', async () => {
    const receiver = await receive();
    await notifier('webhook', { url: receiver.url }).send(message({ message: 'hi' }));
    expect(receiver.requests).toMatchObject([{ method: 'GET', path: '/', body: 'hi' }]);
  });

  it.each([
    [400, 'invalid'],
    [401, 'unauthenticated'],
    [403, 'permission-denied'],
    [404, 'invalid'],
    [408, 'unavailable'],
    [429, 'resource-exhausted'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('status %d is an error %s that shows no secret', async (status, code) => {
    const receiver = await receive({
      answer: ({ headers }) => ({ status, body: `no: ${headers['x-token'] as string}` }),
    });
    const hook = notifier('webhook', { url: receiver.url, headers: [{ name: 'X-Token', value: TOKEN }] });
    await expect(hook.send(message({}))).rejects.toMatchObject({
      code,
      message: `webhook hook answered with status ${status}: no: ********`,
    });
  });

  it('takes over how long the far side asks to wait', async () => {
    const receiver = await receive({ answer: () => ({ status: 429, headers: { 'retry-after': '7' } }) });
    await expect(notifier('webhook', { url: receiver.url }).send(message({}))).rejects.toMatchObject({
      retryAfterMs: 7_000,
    });
  });

  it('follows no redirect and so takes no credential elsewhere', async () => {
    const elsewhere = await receive();
    const receiver = await receive({ answer: () => ({ status: 307, headers: { location: elsewhere.url } }) });
    const hook = notifier('webhook', { url: receiver.url, basicAuth: { username: 'a', password: 'b' } });
    await expect(hook.send(message({}))).rejects.toMatchObject({ code: 'invalid' });
    expect(elsewhere.requests).toEqual([]);
  });

  it('does not wait for ever, and reads no endless reply', async () => {
    const hanging = await receive({ answer: () => ({ hang: true }) });
    const slow = notifier('webhook', { url: hanging.url }, { timeoutMs: 200 });
    await expect(slow.send(message({}))).rejects.toMatchObject({ code: 'deadline' });
    const chatty = await receive({ answer: () => ({ status: 500, body: 'x'.repeat(5_000_000) }) });
    await expect(notifier('webhook', { url: chatty.url }).send(message({}))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('checks certificates, trusts a given authority, and looks away only when told to', async () => {
    const authority = createAuthority('test');
    const identity = authority.issue({
      commonName: 'hook',
      hosts: ['127.0.0.1', 'localhost'],
      usage: 'server',
    });
    const receiver = await receive({ identity });
    const url = `https://localhost:${receiver.port}`;
    await expect(notifier('webhook', { url }).send(message({}))).rejects.toMatchObject({
      code: 'unavailable',
    });
    await notifier('webhook', { url, insecureSkipVerify: true }).send(message({}));
    const asked: string[] = [];
    const caOf = (host: string) => {
      asked.push(host);
      return Promise.resolve(authority.certPem);
    };
    await notifier('webhook', { url }, { caOf }).send(message({}));
    expect(receiver.requests).toHaveLength(2);
    expect(asked).toEqual(['localhost']);
  });

  it.each<[name: string, options: JsonObject, content: JsonObject, code: string]>([
    ['no url', {}, {}, 'invalid'],
    ['an unknown scheme', { url: 'file:///etc/passwd' }, {}, 'invalid'],
    ['no URL at all', { url: 'nonsense' }, {}, 'invalid'],
    ['a metadata address', { url: 'http://169.254.169.254/latest' }, {}, 'permission-denied'],
    ['the same as a number', { url: 'http://2852039166/latest' }, {}, 'permission-denied'],
    ['the same as IPv6', { url: 'http://[::ffff:169.254.169.254]/' }, {}, 'permission-denied'],
    ['a closed port', { url: 'http://127.0.0.1:1/' }, {}, 'unavailable'],
    ['a huge body', { url: 'http://127.0.0.1:1/' }, { message: 'x'.repeat(1_100_000) }, 'invalid'],
    [
      'a huge path',
      { url: 'http://127.0.0.1:1/' },
      { webhook: { hook: { path: 'x'.repeat(9_000) } } },
      'invalid',
    ],
    [
      'a forged method',
      { url: 'http://127.0.0.1:1/' },
      { webhook: { hook: { method: 'GET / HTTP/1.1' } } },
      'invalid',
    ],
    ['content of another shape', { url: 'http://127.0.0.1:1/' }, { message: 5 }, 'invalid'],
  ])('refuses %s', async (_name, options, content, code) => {
    await expect(notifier('webhook', options).send(message(content))).rejects.toMatchObject({ code });
  });
});

describe('slack', () => {
  const ok = { answer: () => ({ body: '{"ok":true,"ts":"1.2"}' }) };

  it('posts text, attachments, blocks, name and icon to the channel', async () => {
    const receiver = await receive(ok);
    const slack = notifier('slack', {
      token: TOKEN,
      apiURL: receiver.url,
      username: 'cd',
      icon: ':rocket:',
      disableUnfurl: true,
    });
    await slack.send(
      message({
        message: 'hi',
        slack: { attachments: '[{"color":"#fff"}]', blocks: '[{"type":"divider"}]', icon: 'https://x/i.png' },
      }),
    );
    const [request] = receiver.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/chat.postMessage',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      channel: 'room',
      text: 'hi',
      username: 'cd',
      icon_url: 'https://x/i.png',
      attachments: [{ color: '#fff' }],
      blocks: [{ type: 'divider' }],
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  it('sends only what there is', async () => {
    const receiver = await receive(ok);
    await notifier('slack', { token: TOKEN, apiURL: `${receiver.url}/api/` }).send(
      message({ message: 'hi', slack: { attachments: '', blocks: ' ', icon: 'nonsense' } }),
    );
    expect(receiver.requests[0]?.path).toBe('/api/chat.postMessage');
    expect(JSON.parse(receiver.requests[0]?.body ?? '')).toEqual({ channel: 'room', text: 'hi' });
  });

  it.each([
    ['channel_not_found', 'invalid'],
    ['invalid_auth', 'unauthenticated'],
    ['ratelimited', 'resource-exhausted'],
    ['internal_error', 'unavailable'],
    ['missing_scope', 'permission-denied'],
  ])('the answer %s is an error %s', async (error, code) => {
    const receiver = await receive({ answer: () => ({ body: JSON.stringify({ ok: false, error }) }) });
    await expect(
      notifier('slack', { token: TOKEN, apiURL: receiver.url }).send(message({})),
    ).rejects.toMatchObject({
      code,
      message: `Slack channel room: Slack answered ${error}`,
    });
  });

  it('does not believe a page that is not Slack', async () => {
    const receiver = await receive({ answer: () => ({ body: '<html>' }) });
    await expect(
      notifier('slack', { token: TOKEN, apiURL: receiver.url }).send(message({})),
    ).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it.each(['{', '{"a":1}', 'null'])('refuses attachments that are no list: %s', async (attachments) => {
    const slack = notifier('slack', { token: TOKEN, apiURL: 'http://127.0.0.1:1' });
    await expect(slack.send(message({ slack: { attachments } }))).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('slack.attachments'),
    });
  });
});

it('names the types there are for one that is not', async () => {
  await expect(notifier('pigeon', {}).send(message({}))).rejects.toMatchObject({
    code: 'failed-precondition',
    message: 'service pigeon has the type pigeon, which is not one of webhook, slack, email',
  });
});
