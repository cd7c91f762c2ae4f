const LABEL_WIDTH = 20;

/** One line of a summary: a label in a column of its own, and a value. */
export const field = (label: string, value: string): string => `${label.padEnd(LABEL_WIDTH)}${value}\n`;
