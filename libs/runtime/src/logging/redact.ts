const secretKey = /passw|secret|token|authorization|cookie|privatekey|sshkey|credential|keydata|bearer/iu;
// Each looks behind itself, so that a long text is gone through once and not from each of its letters on.
const userinfo = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*(?::[^\s/@]*)?@/giu;
const bearer = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/giu;
const jwt = /(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]+/gu;
const pem = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/gu;

const MASK = '********';
const MAX_DEPTH = 6;

/** Masks credentials in text: user info of URLs, authorization values, tokens, private keys. CR and LF are left to the encoder. */
const redactText = (text: string): string =>
  text.replace(pem, MASK).replace(userinfo, `$1${MASK}@`).replace(bearer, `$1 ${MASK}`).replace(jwt, MASK);

/** A copy of a log field that is safe to print: values under secret-looking keys and credentials inside text are masked. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (value instanceof Error) return redactError(value, depth);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      secretKey.test(key) && typeof item === 'string' ? MASK : redact(item, depth + 1),
    ]),
  );
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = { message: redactText(error.message) };
  if ('code' in error) fields['code'] = error.code;
  if (error.stack !== undefined) fields['stack'] = redactText(error.stack);
  if (error.cause !== undefined && depth < MAX_DEPTH) fields['cause'] = redact(error.cause, depth + 1);
  return fields;
}
