import type { Params } from '../inputs.ts';
import { textOf } from '../params.ts';

/** Replaces `{{name}}` by the parameter of that name; what no parameter is named like stays as it is. */
export const renderPlain = (text: string, params: Params): string =>
  text.replace(/\{\{(?<tag>.*?)\}\}/gsu, (whole, tag: string) => {
    const name = tag.trim();
    return name !== '' && Object.hasOwn(params, name) ? textOf(params[name]) : whole;
  });
