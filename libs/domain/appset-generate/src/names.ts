const MAX_LENGTH = 253;

/** A text as the name of an object may be: lower case letters, digits, dashes and dots. */
export const normalizedName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^-a-z0-9.]/gu, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^[-.]+|[-.]+$/gu, '');
