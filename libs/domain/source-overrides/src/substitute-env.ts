const REFERENCE = /\$(\$|\{[^}]*\}|[A-Za-z_][A-Za-z0-9_]*|[*#@!?\-0-9])/g;

/**
 * Replaces `$NAME` and `${NAME}` by their values, unknown names by nothing; `$$` stands for one dollar sign, and a
 * dollar sign that starts no name stays. The rules are those of Go's os.Expand, which Applications rely on.
 */
export function substituteEnv(text: string, env: Readonly<Record<string, string>>): string {
  if (!text.includes('$')) return text;
  return text.replace(REFERENCE, (_whole, reference: string) => {
    if (reference === '$') return '$';
    const name = reference.startsWith('{') ? reference.slice(1, -1) : reference;
    return name === '$' ? '$' : Object.hasOwn(env, name) ? (env[name] ?? '') : '';
  });
}
