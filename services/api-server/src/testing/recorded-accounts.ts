import type { TestServer } from './server.ts';

/** A session of an account of the recorded installation. */
export async function sessionOf(server: TestServer, username: string, password: string): Promise<string> {
  const { status, json, text } = await server.send('POST', '/api/v1/session', {
    body: { username, password },
  });
  if (status !== 200) throw new Error(`${username} cannot log in: ${text}`);
  return String(json['token']);
}

/** Gives the accounts the passwords of the recording, the admin first; resolves to a session of the admin. */
export async function giveRecordedPasswords(server: TestServer): Promise<string> {
  const put = async (name: string, currentPassword: string, newPassword: string): Promise<void> => {
    const token = await sessionOf(server, 'admin', currentPassword);
    const body = { name, currentPassword, newPassword };
    const { status, text } = await server.send('PUT', '/api/v1/account/password', { token, body });
    if (status !== 200) throw new Error(`${name} gets no password: ${text}`);
  };
  await put('admin', await server.password(), 'adminpass1');
  for (const name of ['alice', 'reader', 'nobody']) await put(name, 'adminpass1', `${name}pass1`);
  return sessionOf(server, 'admin', 'adminpass1');
}
