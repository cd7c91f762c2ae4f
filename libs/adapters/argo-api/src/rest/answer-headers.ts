import type { ServerResponse } from 'node:http';

/** What every answer that is data carries: nothing of it is to be shown as a page, framed or kept. */
const OF_DATA: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** A year; told over TLS only. */
const STRICT_TRANSPORT: Readonly<Record<string, string>> = {
  'Strict-Transport-Security': 'max-age=31536000',
};

/** Sets the headers of an answer that is data; what answers later may say otherwise, header by header. */
export function setDataHeaders(response: ServerResponse, tls: boolean): void {
  for (const [name, value] of Object.entries(dataHeaders(tls))) response.setHeader(name, value);
}

/** The same for an answer that is written by hand. */
export const dataHeaders = (tls: boolean): Readonly<Record<string, string>> =>
  tls ? { ...OF_DATA, ...STRICT_TRANSPORT } : OF_DATA;
