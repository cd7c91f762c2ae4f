import { describe, expect, it } from 'vitest';
import { checkFormat } from './format.ts';
import { formatDocument } from './document.ts';

const value = {
  b: [{ z: '1', a: true }],
  a: { time: '2026-01-02T03:04:05Z', none: {} },
  big: 9007199254740993n,
};

describe('documents for scripts', () => {
  it('are JSON in the order of the server', () => {
    expect(formatDocument({ b: [1], a: 9007199254740993n }, 'json')).toBe(
      '{\n  "b": [\n    1\n  ],\n  "a": 9007199254740993\n}\n',
    );
  });

  it('are YAML as Kubernetes tools write it', () => {
    expect(formatDocument(value, 'yaml')).toBe(
      'a:\n  none: {}\n  time: "2026-01-02T03:04:05Z"\nb:\n- a: true\n  z: "1"\nbig: 9007199254740993\n',
    );
  });

  it('have one of the formats that the command knows', () => {
    expect(checkFormat('json', ['json', 'wide'])).toBe('json');
    expect(() => checkFormat('xml', ['json', 'wide'])).toThrow('unknown output format: xml');
  });
});
