import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { exampleConfig, secrets } from '@tiphys/testing/notifications';
import { poll } from '@tiphys/testing/processes';
import {
  startHttpReceiver,
  startMailReceiver,
  type HttpReceiver,
  type MailReceiver,
} from '@tiphys/testing/receivers';

const service = 'argocd-notifications-controller';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let hook: HttpReceiver;
let slack: HttpReceiver;
let mail: MailReceiver;
/** What the webhook accepted, as `<application> <what>`. */
const accepted: string[] = [];

beforeAll(async () => {
  [hook, slack, mail] = await Promise.all([
    startHttpReceiver(),
    startHttpReceiver({ answer: () => ({ body: '{"ok":true}' }) }),
    startMailReceiver({ login: { username: 'cd', password: secrets['mail-password'] } }),
  ]);
  tiphys = await givenTiphys({
    values: {
      config: { notifications: exampleConfig({ hook, slack, mail }), cm: { url: 'https://cd.example.com' } },
      secrets: { notifications: secrets },
    },
  });
});

afterAll(async () => {
  await tiphys.close();
  await Promise.all([hook.stop(), slack.stop(), mail.stop()]);
});

beforeEach(() => {
  accept();
});

/** The webhook takes everything from now on. */
function accept(): void {
  hook.answerWith(({ body }) => {
    const { app, what } = JSON.parse(body) as { app: string; what: string };
    accepted.push(`${app} ${what}`);
    return {};
  });
}

const refuse = (): void => hook.answerWith(() => ({ status: 503 }));

const subscription = (trigger: string, to = 'hook'): string =>
  `notifications.argoproj.io/subscribe.${trigger}.${to}`;

const hasAccepted = (...messages: readonly string[]): Promise<true> =>
  poll(() => messages.every((message) => accepted.includes(message)) || undefined, {
    what: `the webhook gets ${messages.join(', ')} (it got ${accepted.join(', ')})`,
  });

const countOf = (message: string): number => accepted.filter((one) => one === message).length;

const subscribe = (name: string, ...triggers: readonly string[]): Promise<unknown> =>
  tiphys.patch(name, {
    metadata: { annotations: Object.fromEntries(triggers.map((trigger) => [subscription(trigger), ''])) },
  });

async function given(name: string, files: Readonly<Record<string, string>>, auto = true): Promise<void> {
  const repoURL = await tiphys.repository(name, files);
  await tiphys.application(name, { auto, source: { repoURL, path: '.', targetRevision: 'main' } });
}

const failingJob = `apiVersion: batch/v1
kind: Job
metadata: { name: failing }
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: main, image: example.com/job, command: ['false'] }]
`;

describe('notifications', () => {
  it('Given subscriptions, When an Application is deployed, Then every service hears of each revision once', async () => {
    await given('shop', { 'cm.yaml': configMap('shop', '1') });
    await tiphys.patch('shop', {
      metadata: {
        annotations: {
          [subscription('on-deployed')]: '',
          [subscription('on-deployed', 'slack')]: 'releases',
          [subscription('on-deployed', 'email')]: 'ops@example.com',
        },
      },
    });
    await hasAccepted('shop is deployed');
    await poll(() => slack.requests.length === 1 && mail.mails.length === 1, {
      what: 'Slack and mail hear of it',
    });
    expect(slack.requests[0]?.headers.authorization).toBe(`Bearer ${secrets['slack-token']}`);
    expect(mail.mails[0]?.raw).toContain('https://cd.example.com/applications/shop');

    const sha = await tiphys.git.commit('shop', { 'cm.yaml': configMap('shop', '2') }, 'two');
    await tiphys.refresh('shop');
    await poll(() => slack.requests.some(({ body }) => body.includes(sha)), {
      what: 'Slack hears of the commit',
    });
    await poll(() => countOf('shop is deployed') === 2, { what: 'the webhook hears of both' });
  });

  it('Given Applications in trouble, When it is found, Then the webhook hears what the trouble is', async () => {
    await given('sick', { 'job.yaml': failingJob });
    await given('refused', { 'cm.yaml': configMap('Not_A_Name', '1') }, false);
    await tiphys.application('lost', {
      source: { repoURL: tiphys.git.url('nowhere'), path: '.', targetRevision: 'main' },
    });
    await subscribe('sick', 'on-health-degraded');
    await subscribe('refused', 'on-sync-failed');
    await subscribe('lost', 'on-sync-status-unknown');
    await tiphys.eventually('refused', 'is OutOfSync', ({ status }) => status?.sync?.status === 'OutOfSync');
    await tiphys.sync('refused');
    await hasAccepted('sick is degraded', 'refused failed to sync', 'lost is in an unknown state');
    await tiphys.eventually('sick', 'is Degraded', ({ status }) => status?.health?.status === 'Degraded');

    // The trouble ends and comes again: that is news.
    await tiphys.git.createRepo('nowhere', { 'cm.yaml': configMap('lost', '1') });
    await tiphys.refresh('lost');
    await tiphys.eventually('lost', 'is OutOfSync', ({ status }) => status?.sync?.status === 'OutOfSync');
    tiphys.git.fault('nowhere', { kind: 'status', status: 503 });
    await tiphys.refresh('lost', 'hard');
    await poll(() => countOf('lost is in an unknown state') === 2, { what: 'the webhook hears of it again' });
    tiphys.git.fault('nowhere', undefined);
  });
});

describe('a notifications process that is killed', () => {
  const killed = () => tiphys.system.runner.down(service, 'SIGKILL');
  const back = async (): Promise<void> => {
    await tiphys.system.runner.up(service);
    await tiphys.system.runner.awaitReady({ workload: service });
  };
  const isRemembered = (name: string): Promise<unknown> =>
    tiphys.eventually(
      name,
      'remembers its message',
      ({ metadata }) => (metadata.annotations?.['notified.notifications.argoproj.io'] ?? '{}') !== '{}',
    );

  it('Given a message that is not taken yet, When the process is killed, Then it arrives once all the same', async () => {
    await given('waiting', { 'cm.yaml': configMap('waiting', '1') });
    refuse();
    const before = hook.requests.length;
    await subscribe('waiting', 'on-deployed');
    await poll(() => hook.requests.length > before, { what: 'a first attempt' });
    await killed();
    accept();
    await back();
    await hasAccepted('waiting is deployed');
    await isRemembered('waiting');
  });

  it('Given messages of before and of meanwhile, When it is killed again and again, Then none is lost or repeated', async () => {
    await killed();
    const names = ['a', 'b', 'c'].map((letter) => `meanwhile-${letter}`);
    for (const name of names) {
      await given(name, { 'cm.yaml': configMap(name, '1') });
      await subscribe(name, 'on-deployed');
      await tiphys.becomesSynced(name);
    }
    expect(accepted.filter((message) => message.startsWith('meanwhile'))).toEqual([]);
    await back();
    await hasAccepted(...names.map((name) => `${name} is deployed`));
    for (const name of names) await isRemembered(name);
    tiphys.system.runner.kill(service);
    await killed();
    await back();

    // One more message shows that all others were looked at again.
    await given('last', { 'cm.yaml': configMap('last', '1') });
    await subscribe('last', 'on-deployed');
    await hasAccepted('last is deployed');
    const everything = ['waiting', 'last', ...names].map((name) => `${name} is deployed`);
    expect(everything.map(countOf)).toEqual(everything.map(() => 1));
    expect(countOf('shop is deployed')).toBe(2);
    expect(countOf('sick is degraded')).toBe(1);
    expect(countOf('refused failed to sync')).toBe(1);
  });
});
