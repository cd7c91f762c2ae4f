import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '@tiphys/model';
import { createAuthority } from '@tiphys/testing/pki';
import { startMailReceiver, type MailReceiver, type MailReceiverOptions } from '@tiphys/testing/receivers';
import { createNotifier, type NotifierRequest } from './index.ts';

const receivers: MailReceiver[] = [];
afterEach(() => Promise.all(receivers.splice(0).map((receiver) => receiver.stop())));
async function receive(options?: MailReceiverOptions): Promise<MailReceiver> {
  const receiver = await startMailReceiver(options);
  receivers.push(receiver);
  return receiver;
}

const authority = createAuthority('test');
const identity = authority.issue({ commonName: 'mail', hosts: ['localhost', '127.0.0.1'], usage: 'server' });
const PASSWORD = 'canary-password';
const mail = (receiver: MailReceiver, options: JsonObject = {}, more: Partial<NotifierRequest> = {}) =>
  createNotifier({
    type: 'email',
    name: 'email',
    options: { host: receiver.host, port: receiver.port, from: 'Argo CD <cd@example.com>', ...options },
    secrets: [PASSWORD],
    timeoutMs: 3_000,
    ...more,
  });
const message = (content: JsonObject, recipient = 'ops@example.com') => ({
  id: 'd1',
  service: 'email',
  recipient,
  content,
});

describe('email', () => {
  it('sends subject and body as text, with an identity that stays the same', async () => {
    const receiver = await receive();
    await mail(receiver).send(message({ message: 'short', email: { subject: 'Größe', body: 'long body' } }));
    const [received] = receiver.mails;
    expect(received).toMatchObject({ from: 'cd@example.com', to: ['ops@example.com'], encrypted: false });
    expect(received?.raw).toMatch(/^Message-ID: <d1@example\.com>/m);
    expect(received?.raw).toMatch(/^Content-Type: text\/plain/m);
    expect(received?.raw).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(received?.raw).toContain('long body');
  });

  it('sends the plain message without a body, as HTML when told so, to several', async () => {
    const receiver = await receive();
    await mail(receiver, { html: 'true' }).send(
      message({ message: '<b>hi</b>' }, 'a@example.com, b@example.com'),
    );
    expect(receiver.mails[0]).toMatchObject({ to: ['a@example.com', 'b@example.com'] });
    expect(receiver.mails[0]?.raw).toMatch(/Content-Type: text\/html[\s\S]*<b>hi<\/b>/);
  });

  it('lets no subject add headers', async () => {
    const receiver = await receive();
    await mail(receiver).send(message({ message: 'x', email: { subject: 'a\r\nBcc: evil@example.com' } }));
    expect(receiver.mails[0]?.to).toEqual(['ops@example.com']);
    expect(receiver.mails[0]?.raw).not.toMatch(/^Bcc:/m);
  });

  it('encrypts where the server can, checks the certificate, and logs in', async () => {
    const receiver = await receive({ identity, login: { username: 'bot', password: PASSWORD } });
    const login = { host: 'localhost', username: 'bot', password: PASSWORD };
    await expect(mail(receiver, login).send(message({ message: 'x' }))).rejects.toMatchObject({
      code: 'unavailable',
    });
    await mail(receiver, login, { caOf: () => Promise.resolve(authority.certPem) }).send(
      message({ message: 'x' }),
    );
    await mail(receiver, { ...login, insecure_skip_verify: true }).send(message({ message: 'y' }));
    expect(receiver.mails.map(({ encrypted, user }) => [encrypted, user])).toEqual([
      [true, 'bot'],
      [true, 'bot'],
    ]);
  });

  it('tells a wrong login from a refused recipient and from a server that is away, and shows no password', async () => {
    const strict = await receive({ login: { username: 'bot', password: 'other' } });
    const wrong = mail(strict, { username: 'bot', password: PASSWORD }).send(message({ message: 'x' }));
    await expect(wrong).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.not.stringContaining(PASSWORD),
    });
    const refusing = await receive({ refuse: 550 });
    await expect(mail(refusing).send(message({ message: 'x' }))).rejects.toMatchObject({ code: 'invalid' });
    const busy = await receive({ refuse: 451 });
    await expect(mail(busy).send(message({ message: 'x' }))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(mail(busy, { port: 1 }).send(message({ message: 'x' }))).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(
      mail(busy, { host: '169.254.169.254' }).send(message({ message: 'x' })),
    ).rejects.toMatchObject({
      code: 'permission-denied',
    });
  });

  it.each<[name: string, options: JsonObject]>([
    ['no host', { host: null }],
    ['a port that is none', { port: 'smtp' }],
    ['no sender', { from: null }],
  ])('refuses %s', async (_name, options) => {
    const receiver = await receive();
    await expect(mail(receiver, options).send(message({ message: 'x' }))).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('email service email'),
    });
  });
});
