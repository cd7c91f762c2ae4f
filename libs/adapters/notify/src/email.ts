import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { TiphysError, messageOf, type ErrorCode } from '@tiphys/model';
import type { Notifier } from '@tiphys/ports';
import { parseWith, switchValue, text, type ServiceInput } from './service.ts';

const optionsShape = z.object({
  host: z.string(),
  port: text.pipe(z.string().regex(/^\d+$/, 'must be a port')).transform(Number),
  username: text.nullish(),
  password: text.nullish(),
  from: text,
  html: switchValue,
  insecure_skip_verify: switchValue,
});
type EmailOptions = z.infer<typeof optionsShape>;

const contentShape = z.object({
  message: z.string().default(''),
  email: z.object({ subject: z.string().nullish(), body: z.string().nullish() }).nullish(),
});

const IMPLICIT_TLS_PORT = 465;
const MAX_BYTES = 1024 * 1024;

/** Mail over SMTP: TLS from the start on port 465, STARTTLS where it is offered, and always before a password. */
export function createEmail(input: ServiceInput): Notifier {
  const options = parseWith(optionsShape, input.options, `email service ${input.name}`);
  return {
    async send({ id, recipient, content }) {
      const { message, email } = parseWith(contentShape, content, 'the mail');
      const body = (email?.body ?? '') || message;
      if (Buffer.byteLength(body) > MAX_BYTES)
        throw new TiphysError('invalid', 'the mail is larger than 1 MiB');
      const transport = await connect(input, options);
      try {
        await transport.sendMail({
          from: options.from,
          to: recipient,
          subject: email?.subject ?? '',
          messageId: `<${id}@${domainOf(options.from)}>`,
          ...(options.html ? { html: body } : { text: body }),
          disableFileAccess: true,
          disableUrlAccess: true,
        });
      } catch (error) {
        throw mailError(error, `${options.host}:${options.port}`);
      } finally {
        transport.close();
      }
    },
  };
}

async function connect({ policy, timeoutMs = 15_000, caOf }: ServiceInput, options: EmailOptions) {
  const [target] = await policy.resolve(options.host);
  const ca = await caOf?.(options.host);
  const hasLogin = (options.username ?? '') !== '';
  return createTransport({
    host: target.address,
    port: options.port,
    secure: options.port === IMPLICIT_TLS_PORT,
    requireTLS: hasLogin && !isLoopback(target.address),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    tls: {
      servername: options.host,
      rejectUnauthorized: !options.insecure_skip_verify,
      ...(ca === undefined ? {} : { ca }),
    },
    ...(hasLogin ? { auth: { user: options.username ?? '', pass: options.password ?? '' } } : {}),
  });
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

const domainOf = (from: string): string => /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'localhost';

/** 4xx replies and broken connections pass; 5xx replies come again. */
function mailError(error: unknown, server: string): TiphysError {
  const reply = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : undefined;
  const kind = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new TiphysError(codeOf(reply, kind), `mail server ${server}: ${messageOf(error)}`);
}

function codeOf(reply: number | undefined, kind: string): ErrorCode {
  if (kind === 'EAUTH') return reply !== undefined && reply < 500 ? 'unavailable' : 'unauthenticated';
  if (reply !== undefined && reply >= 500) return 'invalid';
  if (kind === 'EENVELOPE' && reply === undefined) return 'invalid';
  return 'unavailable';
}
