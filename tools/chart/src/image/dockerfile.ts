/** One instruction of a Dockerfile, continuation lines joined. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
  /** The stage that it stands in; empty before the first FROM. */
  readonly stage: string;
}

/** Splits a Dockerfile into instructions. Comments are left out; heredocs are not supported. */
export function parseDockerfile(text: string): readonly Instruction[] {
  const joined = text.replaceAll(/^\s*#.*\n/gmu, '').replaceAll(/\\\n/gu, ' ');
  let stage = '';
  return joined
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', ...rest] = line.split(/\s+/u);
      if (name === 'FROM') stage = /\sAS\s+(\S+)$/u.exec(line)?.[1] ?? '';
      return { name, text: rest.join(' '), stage };
    });
}

export interface Copy {
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

/** The parts of a COPY instruction. */
export function copyOf({ text }: Instruction): Copy {
  const words = text.split(' ');
  const flags = words.filter((word) => word.startsWith('--'));
  const paths = words.filter((word) => !word.startsWith('--'));
  return {
    from: flags.find((flag) => flag.startsWith('--from='))?.slice('--from='.length),
    sources: paths.slice(0, -1),
    target: paths.at(-1) ?? '',
  };
}
