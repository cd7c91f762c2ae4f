import * as z from 'zod/mini';
import { applicationSchema } from './application.ts';

const text = z.nullish(z.string());

const condition = z.looseObject({
  type: z.string(),
  status: text,
  reason: text,
  message: text,
  lastTransitionTime: text,
});

const spec = z.looseObject({
  template: z.looseObject({ spec: applicationSchema.shape.spec }),
  syncPolicy: z.nullish(z.looseObject({ applicationsSync: text })),
});

/** An ApplicationSet as the server sends it: what this client reads is checked, all else is kept. */
export const applicationSetSchema = z.looseObject({
  metadata: applicationSchema.shape.metadata,
  spec,
  status: z.nullish(
    z.looseObject({
      conditions: z.nullish(z.array(condition)),
      health: z.nullish(z.looseObject({ status: text })),
    }),
  ),
});

export const applicationSetListSchema = z.looseObject({ items: z.nullish(z.array(applicationSetSchema)) });

export const generatedSchema = z.looseObject({ applications: z.nullish(z.array(applicationSchema)) });

export const applicationSetEventSchema = z.looseObject({
  type: z.string(),
  applicationSet: applicationSetSchema,
});

export type AppSet = z.infer<typeof applicationSetSchema>;
export type AppSetCondition = z.infer<typeof condition>;
export type AppSetEvent = z.infer<typeof applicationSetEventSchema>;

/** `namespace/name`. */
export const qualifiedSetName = ({ metadata: { namespace, name } }: AppSet): string =>
  (namespace ?? '') === '' ? name : `${namespace ?? ''}/${name}`;
