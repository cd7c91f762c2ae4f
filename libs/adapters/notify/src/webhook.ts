import { z } from 'zod';
import type { Notifier } from '@tiphys/ports';
import { assertAccepted, createHttpSender } from './http-sender.ts';
import { parseWith, switchValue, text, type ServiceInput } from './service.ts';

const optionsShape = z.object({
  url: z.string(),
  headers: z
    .array(z.object({ name: z.string(), value: text.nullish().transform((value) => value ?? '') }))
    .nullish()
    .transform((headers) => headers ?? []),
  basicAuth: z.object({ username: text, password: text }).nullish(),
  insecureSkipVerify: switchValue,
});

const contentShape = z.object({
  message: z.string().default(''),
  webhook: z
    .record(
      z.string(),
      z.object({
        method: z
          .string()
          .regex(/^[A-Za-z]*$/, 'must be an HTTP method')
          .nullish(),
        path: z.string().nullish(),
        body: z.string().nullish(),
      }),
    )
    .nullish(),
});

/** Any HTTP endpoint: `webhook.<service name>` of a template says method, path and body. */
export function createWebhook(input: ServiceInput): Notifier {
  const options = parseWith(optionsShape, input.options, `webhook service ${input.name}`);
  const send = createHttpSender({ ...input, insecureSkipVerify: options.insecureSkipVerify });
  const headers: Record<string, string> = {};
  for (const { name, value } of options.headers) headers[name.toLowerCase()] = value;
  if (options.basicAuth) {
    const { username, password } = options.basicAuth;
    headers['authorization'] = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
  return {
    async send({ id, content }) {
      const { message, webhook } = parseWith(contentShape, content, 'the webhook message');
      const own = webhook?.[input.name];
      const method = (own?.method ?? '') === '' ? 'GET' : (own?.method ?? '');
      const reply = await send({
        url: joined(options.url, own?.path ?? ''),
        method: method.toUpperCase(),
        headers: { 'idempotency-key': id, ...headers },
        body: own === undefined ? message : (own.body ?? ''),
      });
      assertAccepted(reply, `webhook ${input.name}`);
    },
  };
}

const joined = (url: string, path: string): string =>
  path === '' ? url : `${url.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
