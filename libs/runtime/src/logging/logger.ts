import pino from 'pino';
import type { LogFields, Logger } from '@tiphys/ports';
import { redact } from './redact.ts';

export interface LoggerOptions {
  readonly service: string;
  /** Default `info`. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  /** `json` (default) or `text` for people. */
  readonly format?: 'json' | 'text';
  /** Default: standard output. */
  readonly write?: (line: string) => void;
}

/** A logger whose fields pass the redactor, whoever logs. */
export function createLogger(options: LoggerOptions): Logger {
  const write = options.write ?? ((line: string) => process.stdout.write(line));
  const stream = { write: options.format === 'text' ? (line: string) => write(asText(line)) : write };
  const base = pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    stream,
  );
  return wrap(base);
}

function wrap(target: pino.Logger): Logger {
  const safe = (fields: LogFields | undefined): object =>
    fields === undefined ? {} : (redact(fields) as object);
  return {
    debug: (message, fields) => {
      if (target.isLevelEnabled('debug')) target.debug(safe(fields), message);
    },
    info: (message, fields) => target.info(safe(fields), message),
    warn: (message, fields) => target.warn(safe(fields), message),
    error: (message, fields) => target.error(safe(fields), message),
    with: (fields) => wrap(target.child(safe(fields))),
  };
}

/** What comes from outside cannot begin a line of its own. */
const onOneLine = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

const levelNames: Readonly<Record<number, string>> = { 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR' };

function asText(line: string): string {
  const { level, time, msg, service, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? onOneLine(value) : JSON.stringify(value)}`)
    .join(' ');
  return `${String(time)} ${levelNames[Number(level)] ?? 'INFO'} ${String(service)} ${String(msg)} ${rest}\n`;
}
