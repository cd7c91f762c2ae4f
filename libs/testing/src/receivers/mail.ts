import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { Identity } from '../pki/index.ts';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they came over the wire. */
  readonly raw: string;
  readonly encrypted: boolean;
  readonly user: string | undefined;
}

export interface MailReceiverOptions {
  /** Offers STARTTLS with this certificate; without it there is no TLS. */
  readonly identity?: Identity;
  /** Asks for this login. */
  readonly login?: { readonly username: string; readonly password: string };
  /** Refuses recipients with this SMTP code. */
  readonly refuse?: number;
}

/** A mail server that takes everything and remembers it. */
export interface MailReceiver {
  readonly host: string;
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  stop(): Promise<void>;
}

/** Starts on a free loopback port. */
export async function startMailReceiver(options: MailReceiverOptions = {}): Promise<MailReceiver> {
  const mails: ReceivedMail[] = [];
  const server = createMailServer(options, mails);
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    mails,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function createMailServer(
  { identity, login, refuse }: MailReceiverOptions,
  mails: ReceivedMail[],
): SMTPServer {
  return new SMTPServer({
    ...(identity === undefined ? { hideSTARTTLS: true } : { cert: identity.certPem, key: identity.keyPem }),
    authOptional: login === undefined,
    disableReverseLookup: true,
    allowInsecureAuth: true,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) => {
      if (username === login?.username && password === login?.password) return done(null, { user: username });
      done(Object.assign(new Error('bad login'), { responseCode: 535 }));
    },
    onRcptTo: (_address, _session, done) => {
      if (refuse === undefined) return done();
      done(Object.assign(new Error('refused'), { responseCode: refuse }));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
          encrypted: session.secure,
          user: userOf(session.user),
        });
        done();
      });
    },
  });
}

const userOf = (user: unknown): string | undefined => (typeof user === 'string' ? user : undefined);
