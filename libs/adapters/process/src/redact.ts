const USERINFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi;
const MASK = '******';

/** The forms in which a secret may turn up in the output of a tool: as it is, in a URL, in a header. */
function spellings(secret: string): readonly string[] {
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
  return [...new Set(forms)];
}

/** Takes secrets, and the user part of any URL, out of a text. */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret !== '')
    .flatMap(spellings)
    .sort((a, b) => b.length - a.length);
  const masked = forms.reduce((left, form) => left.replaceAll(form, MASK), text);
  return masked.replace(USERINFO, '$1');
}
