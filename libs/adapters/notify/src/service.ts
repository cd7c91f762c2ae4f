import { z } from 'zod';
import { TiphysError, type JsonObject, type JsonValue } from '@tiphys/model';
import type { Notifier } from '@tiphys/ports';
import type { AddressPolicy } from './address-policy.ts';

/** What every service is made from. */
export interface ServiceInput {
  readonly name: string;
  /** Options with secrets filled in. */
  readonly options: JsonObject;
  readonly policy: AddressPolicy;
  readonly timeoutMs?: number;
  readonly caOf?: (host: string) => Promise<string | undefined>;
}

export type ServiceFactory = (input: ServiceInput) => Notifier;

/** A text; numbers and booleans that were written without quotes count as their text. */
export const text = z.union([z.string(), z.number(), z.bigint(), z.boolean()]).transform(String);

/** A switch, also as a text, which is what a secret gives. */
export const switchValue = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')])
  .nullish()
  .transform((value) => value ?? false);

/** Reads options or content; the error names the fields, never their values. */
export function parseWith<T>(shape: z.ZodType<T>, value: JsonValue, what: string): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues
    .map((issue) => `${issue.path.join('.') || 'all'}: ${issue.message}`)
    .join('; ');
  throw new TiphysError('invalid', `${what} cannot be used: ${fields}`);
}
