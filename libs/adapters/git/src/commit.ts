import { TiphysError } from '@tiphys/model';

export interface CommitInfo {
  /** `Name <address>` */
  readonly author: string;
  /** ISO 8601, in UTC. */
  readonly date: string;
  readonly message: string;
}

const PERSON = /^(.*>) (-?\d+) [+-]\d{4}$/;

/** Object id of the root tree of a commit object. */
export function treeOf(content: Uint8Array): string {
  const tree = /^tree ([0-9a-f]{40,64})\n/.exec(Buffer.from(content).toString('latin1'))?.[1];
  if (tree === undefined) throw new TiphysError('invalid', 'a commit of the repository is not well formed');
  return tree;
}

/** Reads who wrote a commit, when, and why. */
export function parseCommit(content: Uint8Array): CommitInfo {
  const text = Buffer.from(content).toString('utf8');
  const split = text.indexOf('\n\n');
  const head = split < 0 ? text : text.slice(0, split);
  const line = head.split('\n').find((candidate) => candidate.startsWith('author ')) ?? '';
  const [, author = '', seconds = '0'] = PERSON.exec(line.slice('author '.length)) ?? [];
  return {
    author,
    date: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z'),
    message: split < 0 ? '' : text.slice(split + 2).trimEnd(),
  };
}
