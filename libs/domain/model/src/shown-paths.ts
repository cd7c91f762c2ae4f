/**
 * Replaces directories of this machine in a text by the names that a user knows them by (an empty name takes the
 * directory and its slash away). Keys are absolute directories; the longest wins.
 */
export function showPaths(text: string, names: Readonly<Record<string, string>>): string {
  const directories = Object.keys(names).sort((a, b) => b.length - a.length);
  return directories.reduce((shown, directory) => {
    const name = names[directory] ?? '';
    return shown
      .replaceAll(`${directory}/`, name === '' ? '' : `${name}/`)
      .replaceAll(directory, name || '.');
  }, text);
}
