import { isJsonObject, stringAt } from '@tiphys/model';
import type { Application, ApplicationSet, JsonObject } from '@tiphys/model';
import { unknownGenerators } from './expand.ts';
import type { GitPlace } from './inputs.ts';

/** Projects that an ApplicationSet's templates name: its own, and those of generators that bring another. */
export function projectsOf({ spec }: ApplicationSet): readonly string[] {
  const own = spec.template.spec.project || 'default';
  const others = spec.generators
    .flatMap((generator) => Object.values(generator))
    .map((body) => (isJsonObject(body) ? (stringAt(body, 'template', 'spec', 'project') ?? '') : ''))
    .filter((project) => project !== '');
  return [...new Set([own, ...others])];
}

/**
 * What is wrong with an ApplicationSet that users hand in; undefined for nothing. Rights hang on the project of the
 * template, so that it must be known before anything is generated.
 */
export function mistakeIn(appset: ApplicationSet): string | undefined {
  if (projectsOf(appset).some((project) => project.includes('{{'))) {
    return 'the Argo CD API does not currently support creating ApplicationSets with templated `project` fields';
  }
  const unknown = unknownGenerators(appset);
  if (unknown.length === 0) return undefined;
  return `ApplicationSet ${appset.metadata.name ?? ''} contains unrecognized generators: ${unknown.join(', ')}`;
}

/** The first name that two Applications of one ApplicationSet have. */
export function duplicateName(applications: readonly Application[]): string | undefined {
  const seen = new Set<string>();
  for (const { metadata } of applications) {
    const name = metadata.name ?? '';
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** The repositories and revisions that git generators of an ApplicationSet look at, nested ones too. */
export function gitPlacesOf({ spec }: ApplicationSet): readonly GitPlace[] {
  const found: GitPlace[] = [];
  const look = (generator: JsonObject): void => {
    for (const [kind, body] of Object.entries(generator)) {
      if (!isJsonObject(body)) continue;
      if (kind === 'git') {
        found.push({ repoURL: stringAt(body, 'repoURL') ?? '', revision: stringAt(body, 'revision') ?? '' });
      }
      const inner = body['generators'];
      if (Array.isArray(inner)) for (const each of inner) if (isJsonObject(each)) look(each);
    }
  };
  spec.generators.forEach(look);
  return found;
}
