import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Headers, Proof } from '@tiphys/webhooks';

export interface Message {
  readonly headers: Headers;
  readonly body: Buffer;
  /** A value of `argocd-secret`; empty where it is not set. */
  readonly secret: (key: string) => string;
}

/** Whether a message is from whom it says. Where no secret is set every message is: nothing tells them apart. */
export function isProven(proof: Proof, message: Message): boolean {
  switch (proof.type) {
    case 'hmac':
      return isSigned(proof, message);
    case 'token': {
      const secret = message.secret(proof.secret);
      return secret === '' || isEqual(message.headers(proof.header) ?? '', secret);
    }
    case 'basic':
      return hasLogin(proof, message);
  }
}

function isSigned(proof: Extract<Proof, { type: 'hmac' }>, { headers, body, secret }: Message): boolean {
  const key = secret(proof.secret);
  if (key === '') return true;
  const sent = proof.signatures.find(({ header }) => headers(header) !== undefined);
  const value = sent && headers(sent.header);
  if (sent === undefined || value === undefined || !value.startsWith(sent.prefix)) return false;
  const expected = createHmac(sent.algorithm, key).update(body).digest('hex');
  return isEqual(value.slice(sent.prefix.length), expected);
}

function hasLogin(proof: Extract<Proof, { type: 'basic' }>, { headers, secret }: Message): boolean {
  const username = secret(proof.username);
  const password = secret(proof.password);
  if (username === '' && password === '') return true;
  const encoded = /^basic\s+(?<login>\S+)$/iu.exec(headers('authorization') ?? '')?.groups?.['login'] ?? '';
  const login = Buffer.from(encoded, 'base64').toString('utf8');
  return isEqual(login, `${username}:${password}`);
}

/** Takes the same time wherever the texts differ, and whatever their lengths are. */
function isEqual(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
