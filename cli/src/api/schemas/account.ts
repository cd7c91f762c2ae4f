import * as z from 'zod/mini';

const text = z.nullish(z.string());
const number = z.nullish(z.number());

const token = z.looseObject({ id: text, issuedAt: number, expiresAt: number });

export const accountSchema = z.looseObject({
  name: text,
  enabled: z.nullish(z.boolean()),
  capabilities: z.nullish(z.array(z.string())),
  tokens: z.nullish(z.array(token)),
});

export const accountsSchema = z.looseObject({ items: z.nullish(z.array(accountSchema)) });

export const userInfoSchema = z.looseObject({
  loggedIn: z.nullish(z.boolean()),
  username: text,
  iss: text,
  groups: z.nullish(z.array(z.string())),
});

export const answerSchema = z.looseObject({ value: text });
export const tokenSchema = z.looseObject({ token: z.string() });
export const emptySchema = z.looseObject({});

export type Account = z.infer<typeof accountSchema>;
export type UserInfo = z.infer<typeof userInfoSchema>;
