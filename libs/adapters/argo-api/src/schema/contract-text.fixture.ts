import { apiSchema } from './load.ts';
import type { FieldShape, MessageShape, MethodShape } from './shape.ts';

/** Everything that clients rely on, as text: a line an RPC with its routes, a line a message with its fields. */
export function contractText(): string {
  const { methods, messages } = apiSchema();
  return [
    ...[...methods.values()].map(methodLine).sort(),
    '',
    ...[...messages.values()].map(messageLine).sort(),
    '',
  ].join('\n');
}

function methodLine({ path, request, response, clientStreams, serverStreams, http }: MethodShape): string {
  const routes = http.map(
    ({ verb, path: route, body }) => `${verb} ${route}${body === '' ? '' : ` ${body}`}`,
  );
  const streamed = (isStream: boolean, { name }: MessageShape): string =>
    `${isStream ? 'stream ' : ''}${name}`;
  const types = `(${streamed(clientStreams, request)}): ${streamed(serverStreams, response)}`;
  return [`${path}${types}`, ...routes].join(' | ');
}

const messageLine = ({ name, special, fields }: MessageShape): string =>
  `${name}${special === undefined ? '' : ` as ${special}`} { ${fields.map(fieldText).join(', ')} }`;

function fieldText(field: FieldShape): string {
  const type = field.message?.name ?? field.kind;
  const whole = field.label === 'single' ? type : `${field.label} of ${type}`;
  const marks = [
    field.key === field.name ? '' : `"${field.key}"`,
    field.presence === 'implicit' ? '' : field.presence,
    ...(['required', 'packed', 'always', 'omitzero', 'inline'] as const).map((mark) =>
      field[mark] ? mark : '',
    ),
  ].filter((mark) => mark !== '');
  return `${field.number} ${field.name}: ${[whole, ...marks].join(' ')}`;
}
