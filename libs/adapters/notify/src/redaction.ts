import { TiphysError, isTiphysError, messageOf } from '@tiphys/model';

/** What a far side may echo of our headers. */
const AUTHORIZATION = /\b(basic|bearer)\s+[\w.~+/=-]{4,}/gi;
const MASK = '********';
/** Shorter values would mask harmless words. */
const MIN_LENGTH = 4;

/** Takes secret values out of text, in the spellings in which they travel. */
export function createRedactor(secrets: Iterable<string>): (text: string) => string {
  const spellings = [...secrets]
    .filter((secret) => secret.length >= MIN_LENGTH)
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
    .sort((a, b) => b.length - a.length);
  return (text) =>
    spellings
      .reduce((result, secret) => result.replaceAll(secret, MASK), text)
      .replace(AUTHORIZATION, `$1 ${MASK}`);
}

/** The same failure with a message that shows no secret; the cause is left behind, since it may show one. */
export function redactedError(error: unknown, redact: (text: string) => string): TiphysError {
  const message = redact(messageOf(error)).slice(0, 1_000);
  if (!isTiphysError(error)) return new TiphysError('unknown', message);
  return new TiphysError(error.code, message, {
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });
}
