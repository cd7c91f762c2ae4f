/**
 * The fields of one line of comma-separated values: space before a field does not count, a field in double quotes may
 * hold commas and, doubled, quotes. Undefined where the quotes do not fit.
 */
export function csvFields(line: string): readonly string[] | undefined {
  const fields: string[] = [];
  let rest = line;
  for (;;) {
    rest = rest.trimStart();
    const quoted = /^"((?:[^"]|"")*)"(?=,|$)/u.exec(rest);
    const plain = quoted ?? /^[^",]*(?=,|$)/u.exec(rest);
    if (plain === null) return undefined;
    fields.push(quoted ? (quoted[1] ?? '').replaceAll('""', '"') : plain[0]);
    if (plain[0].length === rest.length) return fields;
    rest = rest.slice(plain[0].length + 1);
  }
}
