import { z } from 'zod';
import { TiphysError, type ErrorCode, type JsonValue } from '@tiphys/model';
import type { Notifier } from '@tiphys/ports';
import { assertAccepted, createHttpSender, type Reply } from './http-sender.ts';
import { parseWith, switchValue, text, type ServiceInput } from './service.ts';

const optionsShape = z.object({
  token: text,
  username: text.nullish(),
  icon: text.nullish(),
  /** Another Slack, such as a proxy of it. */
  apiURL: z.string().nullish(),
  disableUnfurl: switchValue,
  insecureSkipVerify: switchValue,
});

const contentShape = z.object({
  message: z.string().default(''),
  slack: z
    .object({
      username: z.string().nullish(),
      icon: z.string().nullish(),
      attachments: z.string().nullish(),
      blocks: z.string().nullish(),
    })
    .nullish(),
});

/** Slack errors that pass; all others come again for the same message. */
const codes: Readonly<Record<string, ErrorCode>> = {
  ratelimited: 'resource-exhausted',
  rate_limited: 'resource-exhausted',
  internal_error: 'unavailable',
  fatal_error: 'unavailable',
  service_unavailable: 'unavailable',
  request_timeout: 'unavailable',
  team_added_to_org: 'unavailable',
  not_authed: 'unauthenticated',
  invalid_auth: 'unauthenticated',
  account_inactive: 'unauthenticated',
  token_revoked: 'unauthenticated',
  token_expired: 'unauthenticated',
  missing_scope: 'permission-denied',
  restricted_action: 'permission-denied',
};

/** A Slack app: the recipient is a channel, sent with `chat.postMessage` and a bot token. */
export function createSlack(input: ServiceInput): Notifier {
  const options = parseWith(optionsShape, input.options, `slack service ${input.name}`);
  const send = createHttpSender({ ...input, insecureSkipVerify: options.insecureSkipVerify });
  const url = `${(options.apiURL ?? 'https://slack.com/api').replace(/\/+$/, '')}/chat.postMessage`;
  return {
    async send({ recipient, content }) {
      const { message, slack } = parseWith(contentShape, content, 'the Slack message');
      const body = {
        channel: recipient,
        text: message,
        ...usernameOf(slack?.username, options.username),
        ...iconOf(slack?.icon, options.icon),
        ...listOf('attachments', slack?.attachments),
        ...listOf('blocks', slack?.blocks),
        ...(options.disableUnfurl ? { unfurl_links: false, unfurl_media: false } : {}),
      };
      const reply = await send({
        url,
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          authorization: `Bearer ${options.token}`,
        },
        body: JSON.stringify(body),
      });
      assertPosted(reply, `Slack channel ${recipient}`);
    },
  };
}

type Maybe = string | null | undefined;

const chosen = (own: Maybe, general: Maybe): string => (own ?? '') || (general ?? '');

function usernameOf(own: Maybe, general: Maybe): { readonly username?: string } {
  const username = chosen(own, general);
  return username === '' ? {} : { username };
}

function iconOf(own: Maybe, general: Maybe): { readonly icon_emoji?: string; readonly icon_url?: string } {
  const icon = chosen(own, general);
  if (/^:.+:$/.test(icon)) return { icon_emoji: icon };
  return /^https?:\/\/./.test(icon) ? { icon_url: icon } : {};
}

function listOf(field: 'attachments' | 'blocks', json: Maybe): Readonly<Record<string, JsonValue>> {
  if ((json ?? '').trim() === '') return {};
  const parsed = parsedJson(json ?? '');
  if (!Array.isArray(parsed)) {
    throw new TiphysError('invalid', `slack.${field} of the message is no JSON list; look at its template`);
  }
  return { [field]: parsed as readonly JsonValue[] };
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const answerShape = z.object({ ok: z.boolean(), error: z.string().optional() });

function assertPosted(reply: Reply, what: string): void {
  assertAccepted(reply, what);
  const answer = answerShape.safeParse(parsedJson(reply.text));
  if (!answer.success) throw new TiphysError('unavailable', `${what}: the answer is not Slack's`);
  if (answer.data.ok) return;
  const error = answer.data.error ?? 'unknown error';
  throw new TiphysError(codes[error] ?? 'invalid', `${what}: Slack answered ${error}`);
}
