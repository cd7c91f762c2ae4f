import { parseConfig, type ConfigInput, type ConfigOf, type ConfigSpec } from './parse-config.ts';

/**
 * The settings this process was started with. `--help` is answered on standard output and ends the process with 0.
 * @throws TiphysError `invalid` that names all mistakes together
 */
export function configOfProcess<const S extends ConfigSpec>(
  spec: S,
  about: Pick<ConfigInput, 'program' | 'summary'>,
): ConfigOf<S> {
  const outcome = parseConfig(spec, { ...about, argv: process.argv.slice(2), env: process.env });
  if (outcome.type === 'config') return outcome.config;
  process.stdout.write(outcome.text);
  process.exit(0);
}
