import type { GitRefs } from '@tiphys/ports';

const BRANCH = 'refs/heads/';
const TAG = 'refs/tags/';
const PEELED = '^{}';

/** Reads the output of `git ls-remote`. A peeled tag stands in for the tag object. */
export function parseRefs(output: string): GitRefs {
  const all: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of output.split('\n')) {
    const [sha, name] = line.split('\t');
    if (sha === undefined || name === undefined) continue;
    all[name.endsWith(PEELED) ? name.slice(0, -PEELED.length) : name] = sha;
  }
  return { head: all['HEAD'] ?? '', branches: below(all, BRANCH), tags: below(all, TAG), all };
}

function below(all: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  const found: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, sha] of Object.entries(all)) {
    if (name.startsWith(prefix)) found[name.slice(prefix.length)] = sha;
  }
  return found;
}
