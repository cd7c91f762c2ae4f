import type { CommandRunner } from '@tiphys/ports';

export type Tool = 'helm' | 'kustomize' | 'jsonnet';

const QUESTIONS: Readonly<Record<Tool, readonly string[]>> = {
  helm: ['version', '--short'],
  kustomize: ['version'],
  jsonnet: ['--version'],
};

/** Versions of the rendering tools, asked once: they are part of what a render depends on. */
export class ToolVersions {
  readonly #runner: CommandRunner;
  readonly #programs: Readonly<Record<Tool, string>>;
  readonly #known = new Map<Tool, Promise<string>>();

  constructor(runner: CommandRunner, programs: Readonly<Record<Tool, string>>) {
    this.#runner = runner;
    this.#programs = programs;
  }

  /** Rejects with `not-found` and what to install where the tool is missing. */
  of(tool: Tool): Promise<string> {
    const known = this.#known.get(tool);
    if (known !== undefined) return known;
    const asking = this.#ask(tool).catch((error: unknown) => {
      this.#known.delete(tool);
      throw error;
    });
    this.#known.set(tool, asking);
    return asking;
  }

  async #ask(tool: Tool): Promise<string> {
    const { stdout } = await this.#runner.run({ program: this.#programs[tool], args: QUESTIONS[tool] });
    return `${tool} ${Buffer.from(stdout).toString().trim()}`;
  }
}
