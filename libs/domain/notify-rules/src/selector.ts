type Labels = Readonly<Record<string, string>>;

/** True for the labels that a selector picks. */
export type LabelMatcher = (labels: Labels) => boolean;

const SET = /^([^\s!=,()]+)\s+(in|notin)\s+\(([^()]*)\)$/;
const EQUALITY = /^([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*)$/;
const EXISTENCE = /^(!?)\s*([^\s!=,()]+)$/;

/**
 * Reads a Kubernetes label selector (`a=b,c!=d,e in (x,y),f notin (z),g,!h`); an empty one picks everything.
 * Undefined where it is none.
 */
export function parseLabelSelector(text: string): LabelMatcher | undefined {
  const requirements: LabelMatcher[] = [];
  for (const part of splitOutsideParentheses(text)) {
    const requirement = parseRequirement(part.trim());
    if (requirement === undefined) return undefined;
    requirements.push(requirement);
  }
  return (labels) => requirements.every((matches) => matches(labels));
}

function splitOutsideParentheses(text: string): readonly string[] {
  if (text.trim() === '') return [];
  return text.split(/,(?![^(]*\))/);
}

function parseRequirement(text: string): LabelMatcher | undefined {
  const set = SET.exec(text);
  if (set !== null) return inSet(set[1] ?? '', set[2] === 'in', (set[3] ?? '').split(','));
  const equality = EQUALITY.exec(text);
  if (equality !== null) return inSet(equality[1] ?? '', equality[2] !== '!=', [equality[3] ?? '']);
  const existence = EXISTENCE.exec(text);
  if (existence === null) return undefined;
  const key = existence[2] ?? '';
  return (labels) => Object.hasOwn(labels, key) === (existence[1] === '');
}

/** A label that is missing is in no set, so that it satisfies every negation. */
function inSet(key: string, wanted: boolean, values: readonly string[]): LabelMatcher {
  const allowed = new Set(values.map((value) => value.trim()));
  return (labels) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return (value !== undefined && allowed.has(value)) === wanted;
  };
}
