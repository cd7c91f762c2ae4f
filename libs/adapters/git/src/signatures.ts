import type { SignedRevision } from '@tiphys/project-policy';
import type { CommandRunner } from '@tiphys/ports';
import { baseSettings, QUIET_ENVIRONMENT, settingsEnvironment } from './settings.ts';
import { parseStatus, verdictOf } from './signature-status.ts';

/** Commits looked at by one process. */
const BATCH = 200;
const FIELDS = 6;
/** Fields end with NUL, which no commit can hold. */
const FORMAT = '--format=tformat:%H%x00%G?%x00%GK%x00%GP%x00%an <%ae>%x00%x00';

/** Reads how the objects of a mirror are signed, with the keys of one keyring. */
export class Signatures {
  readonly #runner: CommandRunner;
  readonly #mirror: string;
  readonly #keyring: string;

  constructor(runner: CommandRunner, mirror: string, keyring: string) {
    this.#runner = runner;
    this.#mirror = mirror;
    this.#keyring = keyring;
  }

  /** Commits in the order given. */
  async commits(shas: readonly string[]): Promise<readonly SignedRevision[]> {
    const found: SignedRevision[] = [];
    for (let from = 0; from < shas.length; from += BATCH)
      found.push(...(await this.#commits(shas.slice(from, from + BATCH))));
    return found;
  }

  /** An annotated tag by its full name. */
  async tag(ref: string, name: string): Promise<SignedRevision> {
    const [status, object] = await Promise.all([
      this.#git(['verify-tag', '--raw', ref], { exitCodes: [0, 1] }),
      this.#git(['cat-file', 'tag', ref]),
    ]);
    const tagger = /^tagger (?<who>.*>) /mu.exec(object.stdout)?.groups?.['who'] ?? '';
    return { revision: name, isTag: true, author: tagger, ...parseStatus(status.stderr) };
  }

  async #commits(shas: readonly string[]): Promise<readonly SignedRevision[]> {
    const args = ['log', '--no-walk=unsorted', '--stdin', FORMAT];
    const { stdout } = await this.#git(args, { stdin: shas.map((sha) => `${sha}\n`).join('') });
    const fields = stdout.split('\0');
    const read = new Map<string, SignedRevision>();
    for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) {
      const [sha = '', letter = '', keyId = '', primary = '', author = ''] = fields.slice(at, at + FIELDS);
      read.set(sha.trim(), {
        revision: sha.trim(),
        isTag: false,
        author,
        verdict: verdictOf(letter),
        keyId: keyId.slice(-16),
        ...(primary === '' ? {} : { primaryKeyId: primary.slice(-16) }),
      });
    }
    return shas.map(
      (sha) =>
        read.get(sha) ?? { revision: sha, isTag: false, author: '', verdict: 'bad signature', keyId: '' },
    );
  }

  async #git(
    args: readonly string[],
    how: { readonly stdin?: string; readonly exitCodes?: readonly number[] } = {},
  ): Promise<{ readonly stdout: string; readonly stderr: string }> {
    const settings = [
      ...baseSettings(undefined),
      ['gpg.format', 'openpgp'],
      ['gpg.program', 'gpg'],
      // Keys of these kinds are in no keyring.
      ['gpg.ssh.program', '/bin/false'],
      ['gpg.x509.program', '/bin/false'],
    ] as const;
    const env = {
      ...QUIET_ENVIRONMENT,
      ...settingsEnvironment(settings),
      GNUPGHOME: this.#keyring,
      GIT_NO_REPLACE_OBJECTS: '1',
    };
    const command = { program: 'git', args: ['--git-dir', this.#mirror, ...args], env, ...how };
    const { stdout, stderr } = await this.#runner.run(command);
    return { stdout: Buffer.from(stdout).toString(), stderr };
  }
}
