import { completionScript, shells } from '../../completion/scripts.ts';
import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';

export const command = defineCommand({
  usage: 'SHELL',
  args: { min: 1, max: 1 },
  description:
    'Writes a script that completes commands, flags and names for a shell: bash, zsh or fish. Names of applications, projects and clusters are asked of the server.',
  flags: {},
  examples: [
    { what: 'For this bash', line: 'source <(tiphys completion bash)' },
    {
      what: 'For each zsh from now on',
      line: 'tiphys completion zsh > "${fpath[1]}/_tiphys"',
    },
    {
      what: 'For each fish from now on',
      line: 'tiphys completion fish > ~/.config/fish/completions/tiphys.fish',
    },
  ],
  run({ out }, { args: [wanted] }) {
    const shell = shells.find((known) => known === wanted);
    if (shell === undefined)
      throw new Failure(`There is no completion for ${wanted ?? ''}.`, {
        hints: [`Shells: ${shells.join(', ')}`],
      });
    out.write(completionScript(shell, 'tiphys'));
    return Promise.resolve(0);
  },
});
