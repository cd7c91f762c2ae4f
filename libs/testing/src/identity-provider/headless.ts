import { Agent, request, type Dispatcher } from 'undici';

const MAX_STEPS = 12;

/** Walks through a login as a browser does, with cookies, until it is sent to another origin. */
export async function logInWithoutBrowser(start: string, user: string): Promise<string> {
  const agent = new Agent({ connect: { rejectUnauthorized: false } });
  const cookies = new Map<string, string>();
  const { origin } = new URL(start);
  try {
    let step: Step = { url: start, method: 'GET' };
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const answer = await send(agent, step, cookies);
      const location = answer.headers['location'];
      if (typeof location !== 'string') {
        if (answer.statusCode !== 200)
          throw new Error(`${step.url} answered ${answer.statusCode}: ${await answer.body.text()}`);
        await answer.body.dump();
        step = { url: step.url, method: 'POST', body: new URLSearchParams({ name: user }).toString() };
        continue;
      }
      await answer.body.dump();
      const next = new URL(location, step.url);
      if (next.origin !== origin) return next.href;
      step = { url: next.href, method: 'GET' };
    }
    throw new Error(`the login does not end: ${step.url}`);
  } finally {
    await agent.close();
  }
}

interface Step {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
}

async function send(
  dispatcher: Dispatcher,
  { url, method, body }: Step,
  cookies: Map<string, string>,
): Promise<Dispatcher.ResponseData> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await request(url, {
    dispatcher,
    method,
    headers: {
      ...(cookie === '' ? {} : { cookie }),
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return answer;
}
