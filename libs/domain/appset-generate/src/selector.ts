import { TiphysError, arrayAt, isJsonObject, stringAt, valueAt } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';

type Labels = Readonly<Record<string, string>>;

/**
 * Compiles a label selector as an object: `matchLabels` and `matchExpressions`. Undefined for one that selects all.
 * @throws TiphysError `invalid` for an operator that is none
 */
export function compileSelector(selector: JsonValue | undefined): ((labels: Labels) => boolean) | undefined {
  const wanted = valueAt(selector, 'matchLabels');
  const pairs = isJsonObject(wanted) ? Object.entries(wanted) : [];
  const expressions = arrayAt(selector, 'matchExpressions').map(compileExpression);
  if (pairs.length === 0 && expressions.length === 0) return undefined;
  return (labels) =>
    pairs.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value) &&
    expressions.every((matches) => matches(labels));
}

function compileExpression(expression: JsonValue): (labels: Labels) => boolean {
  const key = stringAt(expression, 'key') ?? '';
  const operator = stringAt(expression, 'operator') ?? '';
  const values = new Set(arrayAt(expression, 'values'));
  const has = (labels: Labels): boolean => Object.hasOwn(labels, key);
  const isIn = (labels: Labels): boolean => has(labels) && values.has(labels[key] ?? '');
  switch (operator) {
    case 'In':
      return isIn;
    case 'NotIn':
      return (labels) => !isIn(labels);
    case 'Exists':
      return has;
    case 'DoesNotExist':
      return (labels) => !has(labels);
    default:
      throw new TiphysError('invalid', `"${operator}" is not a valid label selector operator`);
  }
}
