import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchParser, type BatchAnswer } from './batch-protocol.ts';

function parse(chunks: readonly Uint8Array[], contents: readonly boolean[], maxBytes = 1_000): BatchAnswer[] {
  const answers: BatchAnswer[] = [];
  const parser = new BatchParser({
    maxBytes,
    expectsContent: () => contents[answers.length] ?? true,
    onAnswer: (answer) => answers.push(answer),
  });
  for (const chunk of chunks) parser.push(chunk);
  return answers;
}

describe('BatchParser', () => {
  it('tells contents, sizes and what is missing apart', () => {
    const output = 'aa blob 4\na\nb\n\nbb missing\ncc commit 7\ndd tree 0\n\n';
    const answers = parse([Buffer.from(output)], [true, true, false, true]);
    expect(answers).toEqual([
      { id: 'aa', type: 'blob', size: 4, content: Buffer.from('a\nb\n') },
      'missing',
      { id: 'cc', type: 'commit', size: 7, content: undefined },
      { id: 'dd', type: 'tree', size: 0, content: Buffer.alloc(0) },
    ]);
  });

  it('passes over what is too large', () => {
    const answers = parse([Buffer.from(`aa blob 20\n${'x'.repeat(20)}\nbb blob 1\ny\n`)], [], 10);
    expect(answers.map((answer) => (answer === 'missing' ? answer : answer.content?.toString()))).toEqual([
      undefined,
      'y',
    ]);
  });

  it('does not care how the output is cut', () => {
    const blobs = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
    fc.assert(
      fc.property(blobs, fc.integer({ min: 1, max: 9 }), (contents, step) => {
        const output = Buffer.concat(
          contents.flatMap((content) => [
            Buffer.from(`ab blob ${content.length}\n`),
            content,
            Buffer.from('\n'),
          ]),
        );
        const chunks = Array.from({ length: Math.ceil(output.length / step) }, (_, index) =>
          output.subarray(index * step, (index + 1) * step),
        );
        const answers = parse(chunks, []);
        expect(
          answers.map((answer) => (answer === 'missing' ? answer : [...(answer.content ?? [])])),
        ).toEqual(contents.map((content) => [...content]));
      }),
    );
  });
});
