import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { TiphysError } from '@tiphys/model';

/** What to install when a program is missing (Debian's package names where there is one). */
const PACKAGES: Readonly<Record<string, string>> = {
  git: 'install git (apt-get install git)',
  gpg: 'install GnuPG (apt-get install gnupg)',
  ssh: 'install the OpenSSH client (apt-get install openssh-client)',
  helm: 'install helm 3, or set its path',
  kustomize: 'install kustomize 5, or set its path',
  jsonnet: 'install go-jsonnet, or set its path',
  sops: 'install sops 3.13, or set its path',
};

/** Finds programs on a fixed search path and remembers where they were. */
export class ProgramLocator {
  readonly #directories: readonly string[];
  readonly #found = new Map<string, string>();

  constructor(path: string) {
    this.#directories = path.split(delimiter).filter((directory) => isAbsolute(directory));
  }

  /** Absolute path of a program. Rejects with `not-found` and what to install. */
  async locate(program: string): Promise<string> {
    const known = this.#found.get(program);
    if (known !== undefined) return known;
    for (const candidate of this.#candidates(program)) {
      if (await isExecutable(candidate)) {
        this.#found.set(program, candidate);
        return candidate;
      }
    }
    throw new TiphysError('not-found', `program ${program} is not installed: ${advice(program)}`);
  }

  #candidates(program: string): readonly string[] {
    if (isAbsolute(program)) return [program];
    if (program.includes('/')) return [];
    return this.#directories.map((directory) => join(directory, program));
  }
}

const advice = (program: string): string =>
  PACKAGES[program] ?? 'install it on the search path of this service, or set its path';

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
